using System.Collections.Frozen;

namespace LinkFlow.Engine.Expressions.Library.Numbers;

/// <summary>How a language and region writes numbers, after Unicode's CLDR. The host runs without tables of its own (invariant globalization).</summary>
/// <param name="Decimal">Between whole and decimals.</param>
/// <param name="Group">Between groups of digits.</param>
/// <param name="MinimumGrouping">How many digits must stand before the first group for it to be set apart.</param>
/// <param name="SecondaryGroup">How many digits the groups beyond the first hold.</param>
/// <param name="Money">Where the currency ¤ stands beside the number #.</param>
/// <param name="NegativeMoney">The same below zero.</param>
/// <param name="Symbols">Signs of currencies that differ from the English ones.</param>
internal sealed record NumberLocale(
    string Decimal, string Group, string MoneyDecimal, string MoneyGroup, string Minus, int MinimumGrouping, int SecondaryGroup,
    string Money, string NegativeMoney, string Percent, IReadOnlyDictionary<string, string> Symbols)
{
    /// <summary>The fields in their order, the tag first; s is a no-break space and n a narrow one.</summary>
    private const string Rows = """
        en|.|,|.|,|-|1|3|¤#|-¤#|#%|
        en-AU|.|,|.|,|-|1|3|¤#|-¤#|#%|USD EUR GBP JPY CNY INR CAD AUD=$ NZD BRL MXN KRW VND ILS HKD TWD
        en-CA|.|,|.|,|-|1|3|¤#|-¤#|#%|USD=US$ JPY=JP¥ CAD=$
        en-GB|.|,|.|,|-|1|3|¤#|-¤#|#%|USD=US$ JPY=JP¥
        en-IN|.|,|.|,|-|1|2|¤#|-¤#|#%|JPY=JP¥
        en-NZ|.|,|.|,|-|1|3|¤#|-¤#|#%|USD=US$ JPY=JP¥ NZD=$
        en-ZA|,|s|,|s|-|1|3|¤#|-¤#|#%|USD=US$ JPY=JP¥ ZAR=R
        de|,|.|,|.|-|1|3|#s¤|-#s¤|#s%|AUD=AU$ THB=฿
        de-AT|,|s|,|.|-|1|3|¤s#|-¤s#|#s%|AUD=AU$ THB=฿
        de-CH|.|’|.|’|-|1|3|¤s#|¤-#|#%|EUR AUD=AU$ THB=฿
        fr|,|n|,|n|-|1|3|#s¤|-#s¤|#s%|USD=$US GBP=£GB JPY CNY CAD=$CA AUD=$AU NZD=$NZ MXN=$MX HKD TWD
        fr-CA|,|s|,|s|-|1|3|#s¤|-#s¤|#s%|INR CAD=$ MXN KRW VND ILS TWD
        fr-CH|,|n|.|n|-|1|3|#s¤|-#s¤|#%|USD=$US GBP=£GB JPY CNY CAD=$CA AUD=$AU NZD=$NZ MXN=$MX HKD TWD
        es|,|.|,|.|-|2|3|#s¤|-#s¤|#s%|USD=US$ GBP JPY CNY INR CAD AUD NZD BRL MXN KRW THB=฿ ILS HKD TWD
        es-MX|.|,|.|,|-|1|3|¤#|-¤#|#%|USD EUR GBP JPY CNY INR CAD AUD NZD BRL MXN=$ KRW VND ILS HKD TWD
        es-US|.|,|.|,|-|1|3|¤#|-¤#|#%|EUR GBP CNY INR CAD AUD NZD BRL MXN KRW VND ILS HKD TWD
        it|,|.|,|.|-|2|3|#s¤|-#s¤|#%|USD JPY INR BRL MXN KRW THB=฿ VND HKD TWD
        pt|,|.|,|.|-|1|3|¤s#|-¤s#|#%|USD=US$ JPY=JP¥ AUD=AU$ THB=฿
        pt-PT|,|s|,|s|-|2|3|#s¤|-#s¤|#%|USD=US$ JPY=JP¥ AUD=AU$ THB=฿
        nl|,|.|,|.|-|1|3|¤s#|¤s-#|#%|USD=US$ JPY=JP¥ CAD=C$ AUD=AU$ THB=฿
        sv|,|s|,|s|−|1|3|#s¤|-#s¤|#s%|USD=US$ GBP JPY CNY INR AUD NZD SEK=kr NOK=Nkr DKK=Dkr BRL=BR$ KRW VND HKD TWD
        da|,|.|,|.|-|1|3|#s¤|-#s¤|#s%|USD=US$ JPY=JP¥ AUD=AU$ DKK=kr. THB=฿
        nb|,|s|,|s|−|1|3|#s¤|-#s¤|#s%|USD JPY CNY INR CAD AUD NZD NOK=kr BRL MXN KRW VND ILS HKD TWD
        no|,|s|,|s|−|1|3|#s¤|-#s¤|#s%|USD JPY CNY INR CAD AUD NZD NOK=kr BRL MXN KRW VND ILS HKD TWD
        fi|,|s|,|s|−|1|3|#s¤|-#s¤|#s%|CNY INR CAD AUD NZD BRL MXN KRW VND ILS HKD TWD
        pl|,|s|,|s|-|2|3|#s¤|-#s¤|#%|USD GBP JPY CNY INR CAD AUD NZD PLN=zł MXN KRW VND ILS HKD TWD
        cs|,|s|,|s|-|1|3|#s¤|-#s¤|#s%|USD=US$ JPY=JP¥ INR AUD=AU$ CZK=Kč VND ILS
        sk|,|s|,|s|-|1|3|#s¤|-#s¤|#s%|USD GBP JPY CNY INR CAD AUD NZD BRL KRW VND ILS=NIS HKD TWD
        hu|,|s||s|-|2|3|#s¤|-#s¤|#%|USD EUR GBP CNY INR CAD AUD NZD HUF=Ft BRL MXN KRW VND ILS HKD TWD
        ro|,|.|,|.|-|1|3|#s¤|-#s¤|#s%|USD EUR GBP JPY CNY INR CAD AUD NZD BRL MXN KRW VND ILS HKD TWD
        bg|,|s|,|s|-|2|3|#s¤|-#s¤|#%|USD=щ.д. GBP JPY CNY INR CAD AUD NZD BGN=лв. BRL MXN KRW VND ILS HKD TWD
        hr|,|.|,|.|−|1|3|#s¤|-#s¤|#s%|USD GBP JPY CNY INR CAD AUD NZD BRL MXN KRW VND ILS HKD TWD
        sl|,|.|,|.|−|2|3|#s¤|-#s¤|#s%|GBP CAD AUD NZD BRL MXN TWD
        et|,|s|,|s|−|2|3|#s¤|-#s¤|#%|AUD=AU$ THB=฿
        lv|,|s|,|s|-|2|3|#s¤|-#s¤|#%|AUD=AU$ THB=฿
        lt|,|s|,|s|−|1|3|#s¤|-#s¤|#s%|USD GBP JPY CNY INR CAD AUD NZD BRL MXN KRW VND ILS HKD TWD
        el|,|.|,|.|-|1|3|#s¤|-#s¤|#%|JPY=JP¥ THB=฿
        tr|,|.|,|.|-|1|3|¤#|-¤#|%#|AUD=AU$ TRY=₺ THB=฿
        ru|,|s|,|s|-|1|3|#s¤|-#s¤|#s%|RUB=₽ UAH=₴ THB=฿
        uk|,|s||s|-|1|3|#s¤|-#s¤|#%|USD EUR GBP CNY INR CAD AUD NZD UAH=₴ BRL MXN KRW VND ILS HKD TWD
        ca|,|.|,|.|-|1|3|#s¤|-#s¤|#s%|USD CNY CAD AUD=AU$ BRL MXN THB=฿
        ja|.|,|.|,|-|1|3|¤#|-¤#|#%|JPY=￥ CNY=元
        zh|.|,|.|,|-|1|3|¤#|-¤#|#%|USD=US$ JPY=JP¥ CNY=¥ AUD=AU$
        zh-TW|.|,|.|,|-|1|3|¤#|-¤#|#%|USD=US$ AUD=AU$ KRW=￦ TWD=$
        ko|.|,|.|,|-|1|3|¤#|-¤#|#%|USD=US$ JPY=JP¥ AUD=AU$
        th|.|,|.|,|-|1|3|¤#|-¤#|#%|USD=US$ AUD=AU$ THB=฿
        vi|,|.|,|.|-|1|3|#s¤|-#s¤|#%|USD=US$ AUD=AU$ THB=฿
        id|,|.|,|.|-|1|3|¤#|-¤#|#%|USD=US$ JPY=JP¥ INR=Rs AUD=AU$ THB=฿ IDR=Rp
        hi|.|,|.|,|-|1|2|¤#|-¤#|#%|JPY=JP¥ THB=฿
        """;

    private static readonly FrozenDictionary<string, string> EnglishSymbols = Pairs("USD=$ EUR=€ GBP=£ JPY=¥ CNY=CN¥ INR=₹ CAD=CA$ AUD=A$ NZD=NZ$ BRL=R$ MXN=MX$ KRW=₩ VND=₫ ILS=₪ HKD=HK$ TWD=NT$ PHP=₱ XAF=FCFA XOF=F\u202FCFA").ToFrozenDictionary();

    private static readonly Lazy<FrozenDictionary<string, NumberLocale>> ByTag =
        new(() => Rows.Split('\n').Select(row => row.Trim().Split('|')).ToFrozenDictionary(f => f[0], Read, StringComparer.OrdinalIgnoreCase));

    /// <summary>The languages and regions that are known, in order.</summary>
    public static IReadOnlyList<string> Known => [.. ByTag.Value.Keys.Order(StringComparer.Ordinal)];

    /// <summary>That of a tag such as de-CH, else of its language.</summary>
    /// <returns>Null: neither is known.</returns>
    public static NumberLocale? Find(string tag)
    {
        for (var at = tag.Length; at > 0; at = tag.LastIndexOf('-', at - 1))
            if (ByTag.Value.TryGetValue(tag[..at], out var locale)) return locale;
        return null;
    }

    /// <summary>The sign of a currency; its code when it has none.</summary>
    public string Symbol(string currency) => Symbols.GetValueOrDefault(currency) ?? EnglishSymbols.GetValueOrDefault(currency) ?? currency;

    private static NumberLocale Read(string[] f) => new(f[1], Space(f[2]), f[3].Length == 0 ? f[1] : f[3], Space(f[4]), f[5], f[6][0] - '0', f[7][0] - '0', Space(f[8]), Space(f[9]), Space(f[10]), Pairs(f[11]));

    private static string Space(string text) => text.Replace('s', '\u00A0').Replace('n', '\u202F');

    private static Dictionary<string, string> Pairs(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(p => p[..3], p => p.Length > 3 ? p[4..] : p);
}
