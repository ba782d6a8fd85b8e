using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Records;

/// <summary>A real store that counts what is asked of it, and can die at any of its calls: before the call has an effect, or after.</summary>
internal sealed class StoreDouble(IDocumentStore inner) : IDocumentStore
{
    private int _untilDeath = int.MaxValue;
    private bool _afterEffect;

    public int Reads { get; private set; }
    public int Commits { get; private set; }
    public int Writes { get; private set; }

    /// <summary>Run before each commit, so that someone else may be faster.</summary>
    public Func<UnitOfWork, Task>? BeforeCommit { get; set; }

    public string Counted => $"reads {Reads}, commits {Commits}, writes {Writes}";

    public void Count() => Reads = Commits = Writes = 0;

    /// <summary>The call with this number from now on (from 0) kills its caller, and so does every one behind it until <see cref="Revive"/>.</summary>
    public void DieAt(int call, bool afterEffect)
    {
        _untilDeath = call;
        _afterEffect = afterEffect;
    }

    /// <summary>Whoever called it is dead, whether they noticed or not.</summary>
    public bool HasDied => _untilDeath < 0;

    /// <returns>False: it had not died, since there were fewer calls.</returns>
    public bool Revive()
    {
        var died = _untilDeath < 0;
        _untilDeath = int.MaxValue;
        return died;
    }

    public async ValueTask<Document?> GetAsync(string tenant, DocumentType type, string id, CancellationToken cancellationToken = default)
    {
        var dies = Dies();
        if (dies && !_afterEffect) throw new KilledException();
        Reads++;
        var document = await inner.GetAsync(tenant, type, id, cancellationToken);
        return dies ? throw new KilledException() : document;
    }

    public async ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken = default)
    {
        var dies = Dies();
        if (dies) throw new KilledException();
        Reads++;
        return await inner.QueryAsync(query, cancellationToken);
    }

    public async Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken = default)
    {
        var dies = Dies();
        if (dies && !_afterEffect) throw new KilledException();
        if (BeforeCommit is { } before)
        {
            BeforeCommit = null;
            await before(work);
        }

        await inner.CommitAsync(work, cancellationToken);
        Commits++;
        Writes += work.Writes.Count;
        Assert.InRange(work.Writes.Count + work.Events.Count, 0, 100);
        if (dies) throw new KilledException();
    }

    private bool Dies()
    {
        if (_untilDeath == int.MaxValue) return false;
        if (_untilDeath < 0) throw new KilledException();
        return _untilDeath-- == 0;
    }
}

/// <summary>The process died here. Nothing may catch this and go on as if it had not.</summary>
internal sealed class KilledException() : Exception("The process was killed.");
