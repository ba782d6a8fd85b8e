using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Secrets;

/// <summary>
/// Rotates the master key. The new key is in the file, beside the older ones, before anything is wrapped with it; the
/// older ones leave the file after nothing is wrapped with them. So at any moment the file opens every envelope, and a
/// start that finds more than one key in it goes on where a crash or a stop interrupted.
/// </summary>
public sealed class MasterKeyRotation : BackgroundService, IMasterKeys
{
    /// <summary>Before the next try when damaged envelopes keep a rotation from its end: somebody may have set them anew.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly LocalSecretStore _secrets;
    private readonly MasterKeyFile? _file;
    private readonly Action _rotated;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly SemaphoreSlim _begun = new(0);
    private volatile int _damaged;

    /// <param name="rotated">Called at each end of a rotation; caches are dropped by it.</param>
    public MasterKeyRotation(LocalSecretStore secrets, Action rotated, TimeProvider time, ILogger<MasterKeyRotation> log)
    {
        _secrets = secrets;
        _file = secrets.KeyFile;
        _rotated = rotated;
        _time = time;
        _log = log;
    }

    public async ValueTask<MasterKeyStatus> GetAsync(CancellationToken cancellationToken = default)
    {
        var keys = _secrets.Ring.Keys;
        var counts = await _secrets.Rows.CountByKeyAsync(cancellationToken);
        var uses = new List<MasterKeyUse>();
        foreach (var key in keys)
            uses.Add(new MasterKeyUse(key.Id.ToString(), key.MadeAt ?? await _secrets.Rows.FirstUseAsync(key.Id, cancellationToken), counts.GetValueOrDefault(key.Id)));
        return new MasterKeyStatus(_file is { IsBare: false } ? "file" : "environment", uses, _damaged);
    }

    public async Task<MasterKeyStatus> RotateAsync(CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await BeginAsync();
            _begun.Release();
        }
        finally
        {
            _one.Release();
        }

        return await GetAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
        _begun.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                if (_secrets.Ring.Keys.Count > 1) await FinishAsync(stoppingToken);
                await _begun.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    private async Task BeginAsync()
    {
        if (_file is null or { IsBare: true })
        {
            throw new RotationRefusedException("The master key is held by whoever starts this LinkFlow, so it cannot be replaced from here. "
                + "Restart with the new key in its place and the old one as LinkFlow:Secrets:PreviousMasterKey; everything is then re-wrapped, and GET /api/v1/secrets/master-key says when the old one is needed no more.");
        }

        if (_secrets.Ring.Keys.Count > 1)
        {
            throw new RotationRefusedException(_damaged == 0
                ? "A rotation of the master key is under way; GET /api/v1/secrets/master-key says how far it is. Begin another one when it has ended."
                : $"A rotation of the master key cannot come to its end: {_damaged} secrets are damaged and cannot be re-wrapped; the log names them. Set them anew or delete them.");
        }

        var key = MasterKey.Draw(_time.GetUtcNow());
        try
        {
            WriteFile([key, .. _secrets.Ring.Keys]);
        }
        catch (StoreUnavailableException e)
        {
            key.Dispose();
            throw new RotationRefusedException($"{e.Message} The keys are what they were. Make the file and its folder writable for LinkFlow.");
        }

        await NoteAsync(key);
        _secrets.Ring.MakeCurrent(key);
        SecretLog.RotationBegan(_log, key.Id);
    }

    private async Task NoteAsync(MasterKey key)
    {
        try
        {
            await _secrets.Rows.NoteUseAsync(key.Id, _time.GetUtcNow());
        }
        catch
        {
            // Nothing is wrapped with it yet, so nothing needs it.
            WriteFile(_secrets.Ring.Keys);
            key.Dispose();
            throw;
        }
    }

    /// <summary>Re-wraps until nothing needs an older key, then drops these.</summary>
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        var rewrapping = new Rewrapping(_secrets.Rows, _secrets.Ring);
        while (true)
        {
            try
            {
                var damaged = await rewrapping.RunAsync(cancellationToken);
                if (damaged.Count > 0)
                {
                    if (_damaged != damaged.Count) SecretLog.CannotRewrap(_log, damaged.Count, string.Join(", ", damaged.Take(20)));
                    _damaged = damaged.Count;
                    await Task.Delay(LookAgain, _time, cancellationToken);
                    continue;
                }

                await EndAsync(cancellationToken);
                return;
            }
            catch (StoreUnavailableException e)
            {
                SecretLog.RotationWaits(_log, e.Message, e.RetryAfter.TotalMilliseconds);
                await Task.Delay(e.RetryAfter, _time, cancellationToken);
            }
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var ring = _secrets.Ring;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_file is { IsBare: false }) WriteFile([ring.Current]);
            _damaged = 0;
            ring.DropOlder();
        }
        finally
        {
            _one.Release();
        }

        _rotated();
        if (_file is { IsBare: false }) SecretLog.RotationEnded(_log, ring.Current.Id, _file.Path);
        else SecretLog.PreviousNotNeeded(_log, ring.Current.Id);
    }

    private void WriteFile(IReadOnlyList<MasterKey> keys)
    {
        try
        {
            _file!.Write(keys);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The master key file '{_file!.Path}' cannot be written: {e.Message}", TimeSpan.FromSeconds(5), e);
        }
    }
}
