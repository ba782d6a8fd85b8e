using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;

namespace LinkFlow.Engine.Expressions.Library.Strings.Letters;

/// <summary>Latin, Greek and Cyrillic letters and common signs in ASCII; what has no likeness there becomes a question mark.</summary>
internal static class Transliteration
{
    /// <summary>A character and what stands for it, with blanks between the pairs.</summary>
    private const string Pairs =
        "ß ss ẞ SS æ ae Æ AE œ oe Œ OE ø o Ø O đ d Đ D ð d Ð D þ th Þ Th ł l Ł L ħ h Ħ H ı i ĸ k ŋ ng Ŋ NG ŧ t Ŧ T ſ s ƒ f ĳ ij Ĳ IJ ŉ 'n ə e Ə E ﬁ fi ﬂ fl ﬀ ff " +
        "α a β b γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o " +
        "Α A Β B Γ G Δ D Ε E Ζ Z Η I Θ Th Ι I Κ K Λ L Μ M Ν N Ξ X Ο O Π P Ρ R Σ S Τ T Υ Y Φ F Χ Ch Ψ Ps Ω O " +
        "а a б b в v г g ґ g д d е e є ye ж zh з z и i і i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ ' ы y ь ' э e ю yu я ya ј j љ lj њ nj ћ c ђ d џ dz " +
        "А A Б B В V Г G Ґ G Д D Е E Є Ye Ж Zh З Z И I І I К K Л L М M Н N О O П P Р R С S Т T У U Ф F Х Kh Ц Ts Ч Ch Ш Sh Щ Shch Ъ ' Ы Y Ь ' Э E Ю Yu Я Ya Ј J Љ Lj Њ Nj Ћ C Ђ D Џ Dz " +
        "‘ ' ’ ' ‚ , ‛ ' “ \" ” \" „ \" ‟ \" « << » >> ‹ < › > ′ ' ″ \" ‐ - ‑ - ‒ - – - — -- ― -- − - … ... • * · . × x ÷ / ± +- ¡ ! ¿ ? § SS ¶ P " +
        "€ EUR £ GBP ¥ JPY ¢ c ₽ RUB ₹ INR © (c) ® (r) ™ tm ª a º o ° deg µ u ¹ 1 ² 2 ³ 3 ¼ 1/4 ½ 1/2 ¾ 3/4 № No ← <- → -> ≤ <= ≥ >= ≠ !=";

    private static readonly FrozenDictionary<char, string> Ascii = Read();

    public static MethodList All { get; } = new()
    {
        { "replaceSpecialChars(): string", "In ASCII: letters without accents, Greek and Cyrillic in Latin letters, typographic signs as plain ones. What has no likeness becomes ?.", "'Ça coûte 5 €, Łukasz!'.replaceSpecialChars()",
            (run, self, _) => run.Made(ToAscii(run, self.AsString!)) },
    };

    private static string ToAscii(Run run, string text)
    {
        run.Steps(text.Length);
        run.Make(text.Length);
        var result = new StringBuilder(text.Length);
        foreach (var rune in UnicodeComposition.Decompose(text).EnumerateRunes())
        {
            if (rune.IsAscii) result.Append((char)rune.Value);
            else if (rune.IsBmp && Ascii.TryGetValue((char)rune.Value, out var likeness)) result.Append(likeness);
            else if (Rune.IsWhiteSpace(rune)) result.Append(' ');
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format)) result.Append('?');
        }

        return result.ToString();
    }

    private static FrozenDictionary<char, string> Read()
    {
        var parts = Pairs.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(0, parts.Length / 2).ToFrozenDictionary(i => parts[2 * i][0], i => parts[2 * i + 1]);
    }
}
