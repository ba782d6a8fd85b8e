namespace LinkFlow.Scenarios.Secrets;

/// <summary>A secret and where it was planted.</summary>
public sealed record PlantedSecret(string Place, string Text);

/// <summary>Draws secrets that no two are alike, of all kinds of characters, and remembers where each went.</summary>
public sealed class PlantedSecrets
{
    private const string Plain = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";

    private static readonly string[] Specials = ["", "\"\\'", "+/=", "%&?#", "<>{}", " ;,:@!", "äß€日"];

    private readonly Random _random = new(20261121);
    private readonly Lock _lock = new();
    private readonly List<PlantedSecret> _all = [];

    public IReadOnlyList<PlantedSecret> All
    {
        get
        {
            lock (_lock) return [.. _all];
        }
    }

    /// <summary>How many kinds there are: letters and digits, then with special characters of each group, then digits alone.</summary>
    public static int Kinds => Specials.Length + 1;

    public string Draw(string place, int kind)
    {
        lock (_lock)
        {
            var text = kind == Specials.Length ? Some("123456789", 14) : Mixed(Specials[kind]);
            _all.Add(new PlantedSecret(place, text));
            return text;
        }
    }

    /// <summary>Special characters inside, letters at both ends: nothing that trims or quotes can take a part away.</summary>
    private string Mixed(string special)
    {
        var middle = special.Length == 0 ? Some(Plain, 6) : string.Concat(special.Select(c => c + Some(Plain, 1)));
        return Some(Plain, 8) + middle + Some(Plain, 8);
    }

    private string Some(string of, int count) => new([.. Enumerable.Range(0, count).Select(_ => of[_random.Next(of.Length)])]);
}
