using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Plans;

/// <summary>'Did you mean' for the first names only: each costs a comparison with all known ones, and a definition may hold thousands.</summary>
internal sealed class Guesses
{
    private int _left = 20;

    /// <summary>A sentence to append to an error, with a leading blank; empty when no known name is near.</summary>
    public string For(string name, IEnumerable<string> known) => _left-- > 0 ? DidYouMean.Suggestion(name, known) : "";
}
