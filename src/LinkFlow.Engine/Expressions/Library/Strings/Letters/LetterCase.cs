using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace LinkFlow.Engine.Expressions.Library.Strings.Letters;

/// <summary>Upper and lower case by Unicode, with the special cases of common letters that become several.</summary>
internal static class LetterCase
{
    /// <summary>Letters and the capitals that they become, where these are several (Unicode's SpecialCasing).</summary>
    private const string Several =
        "ßSS ŉ\u02bcN ǰJ\u030c ΐΙ\u0308\u0301 ΰΥ\u0308\u0301 ևԵՒ ẖH\u0331 ẗT\u0308 ẘW\u030a ẙY\u030a ẚAʾ ὐΥ\u0313 ὒΥ\u0313\u0300 ὔΥ\u0313\u0301 ὖΥ\u0313\u0342 " +
        "ᾀἈΙ ᾁἉΙ ᾂἊΙ ᾃἋΙ ᾄἌΙ ᾅἍΙ ᾆἎΙ ᾇἏΙ ᾈἈΙ ᾉἉΙ ᾊἊΙ ᾋἋΙ ᾌἌΙ ᾍἍΙ ᾎἎΙ ᾏἏΙ ᾐἨΙ ᾑἩΙ ᾒἪΙ ᾓἫΙ ᾔἬΙ ᾕἭΙ ᾖἮΙ ᾗἯΙ ᾘἨΙ ᾙἩΙ ᾚἪΙ ᾛἫΙ ᾜἬΙ ᾝἭΙ ᾞἮΙ ᾟἯΙ ᾠὨΙ ᾡὩΙ ᾢὪΙ ᾣὫΙ ᾤὬΙ " +
        "ᾥὭΙ ᾦὮΙ ᾧὯΙ ᾨὨΙ ᾩὩΙ ᾪὪΙ ᾫὫΙ ᾬὬΙ ᾭὭΙ ᾮὮΙ ᾯὯΙ ᾲᾺΙ ᾳΑΙ ᾴΆΙ ᾶΑ\u0342 ᾷΑ\u0342Ι ᾼΑΙ ῂῊΙ ῃΗΙ ῄΉΙ ῆΗ\u0342 ῇΗ\u0342Ι ῌΗΙ ῒΙ\u0308\u0300 ΐΙ\u0308\u0301 " +
        "ῖΙ\u0342 ῗΙ\u0308\u0342 ῢΥ\u0308\u0300 ΰΥ\u0308\u0301 ῤΡ\u0313 ῦΥ\u0342 ῧΥ\u0308\u0342 ῲῺΙ ῳΩΙ ῴΏΙ ῶΩ\u0342 ῷΩ\u0342Ι ῼΩΙ ﬀFF ﬁFI ﬂFL ﬃFFI ﬄFFL ﬅST " +
        "ﬆST ﬓՄՆ ﬔՄԵ ﬕՄԻ ﬖՎՆ ﬗՄԽ";

    private static readonly FrozenDictionary<char, string> Capitals = Several.Split(' ').ToFrozenDictionary(pair => pair[0], pair => pair[1..]);
    private static readonly SearchValues<char> WithSeveralCapitals = SearchValues.Create([.. Capitals.Keys]);

    public static string Upper(string text)
    {
        var upper = text.ToUpperInvariant();
        if (!upper.AsSpan().ContainsAny(WithSeveralCapitals)) return upper;
        var result = new StringBuilder(upper.Length + 8);
        foreach (var c in upper)
        {
            if (Capitals.TryGetValue(c, out var capitals)) result.Append(capitals);
            else result.Append(c);
        }

        return result.ToString();
    }

    public static string Lower(string text)
    {
        var lower = text.ToLowerInvariant();
        if (text.Contains('Σ', StringComparison.Ordinal)) lower = WithFinalSigmas(text, lower);
        return lower.Contains('İ', StringComparison.Ordinal) ? lower.Replace("İ", "i\u0307", StringComparison.Ordinal) : lower;
    }

    /// <summary>A sigma behind a letter and before none is the one that ends words.</summary>
    private static string WithFinalSigmas(string upper, string lower)
    {
        var letters = lower.ToCharArray();
        for (var i = 1; i < letters.Length; i++)
            if (upper[i] == 'Σ' && char.IsLetter(upper[i - 1]) && !(i + 1 < letters.Length && char.IsLetter(upper[i + 1]))) letters[i] = 'ς';
        return new string(letters);
    }
}
