using System.Security.Cryptography;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Secrets;

/// <summary>Opens the secret store at a start: finds the master key, makes it at the very first one, and refuses one that does not fit the envelopes.</summary>
public static class SecretStart
{
    /// <exception cref="MasterKeyException">The key is missing, damaged, open to others, or not the one that the envelopes need.</exception>
    /// <exception cref="SettingsException">The settings name two keys.</exception>
    /// <exception cref="IOException">The key file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The key file may not be read or written.</exception>
    public static async Task<LocalSecretStore> OpenAsync(DataFolder folder, SqliteStore store, SecretsOptions options, TimeProvider time, ILogger log)
    {
        if (options is { MasterKey: not null, MasterKeyFile: not null })
            throw new SettingsException(["'LinkFlow:Secrets:MasterKey' and 'LinkFlow:Secrets:MasterKeyFile' are both set; only one of them can hold the master key."]);
        var inUse = await KeysInUseAsync(store.Secrets, log);
        var file = options.MasterKey is null ? new MasterKeyFile(options.MasterKeyFile ?? folder.MasterKeyPath) : null;
        var previous = options.PreviousMasterKey.Select(KeyOf).ToList();
        var ring = new MasterKeyRing([.. file is null ? [KeyOf(options.MasterKey!)] : Load(file, inUse, previous, time, log), .. previous]);
        try
        {
            RequireKeys(ring, inUse, options, file);
            await store.Secrets.NoteUseAsync(ring.Current.Id, time.GetUtcNow());
            return new LocalSecretStore(store.Secrets, ring, file, time);
        }
        catch
        {
            ring.Dispose();
            throw;
        }
    }

    /// <summary>Without keys that never were: an envelope that names one is damaged, and must not keep all others from being opened.</summary>
    private static async Task<IReadOnlyDictionary<MasterKeyId, long>> KeysInUseAsync(SecretRows rows, ILogger log)
    {
        var inUse = new Dictionary<MasterKeyId, long>();
        foreach (var (id, count) in await rows.CountByKeyAsync())
        {
            if (await rows.FirstUseAsync(id, CancellationToken.None) is not null) inUse.Add(id, count);
            else SecretLog.UnknownKey(log, count, id);
        }

        return inUse;
    }

    private static IReadOnlyList<MasterKey> Load(MasterKeyFile file, IReadOnlyDictionary<MasterKeyId, long> inUse, IReadOnlyList<MasterKey> previous, TimeProvider time, ILogger log)
    {
        if (file.Exists) return file.Read();
        // With the keys given as previous ones a new file may be made: so a key moves from the environment into a file.
        var missing = inUse.Where(used => previous.All(k => k.Id != used.Key)).ToList();
        if (missing.Count > 0)
        {
            throw new MasterKeyException($"The master key file '{file.Path}' is missing, and {missing.Sum(k => k.Value)} secrets are sealed with the master key {string.Join(", ", missing.Select(k => k.Key))}. "
                + "Put back the copy of the file, or set LinkFlow:Secrets:MasterKeyFile to where it is.");
        }

        var key = MasterKey.Draw(time.GetUtcNow());
        file.Write([key]);
        SecretLog.KeyMade(log, key.Id, file.Path);
        return [key];
    }

    private static void RequireKeys(MasterKeyRing ring, IReadOnlyDictionary<MasterKeyId, long> inUse, SecretsOptions options, MasterKeyFile? file)
    {
        var missing = inUse.Where(k => ring.Find(k.Key) is null).ToList();
        if (missing.Count == 0) return;
        var source = file is null ? "LinkFlow:Secrets:MasterKey" : $"the file '{file.Path}'";
        var previous = options.PreviousMasterKey.Count > 0 ? " together with LinkFlow:Secrets:PreviousMasterKey" : "";
        throw new MasterKeyException($"{missing.Sum(k => k.Value)} secrets are sealed with the master key {string.Join(", ", missing.Select(k => k.Key))}, but {source}{previous} holds {ring}. "
            + "Start with the right key, or give it as LinkFlow:Secrets:PreviousMasterKey to have these secrets re-wrapped.");
    }

    private static MasterKey KeyOf(string base64)
    {
        var key = Convert.FromBase64String(base64);
        try
        {
            return MasterKey.From(key, madeAt: null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
