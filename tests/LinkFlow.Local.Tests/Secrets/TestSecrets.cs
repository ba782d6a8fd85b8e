using LinkFlow.Local.Secrets;
using LinkFlow.Local.Tests.Sqlite;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Local.Tests.Secrets;

/// <summary>A secret store in a temporary data folder.</summary>
internal sealed class TestSecrets : IDisposable
{
    private TestSecrets(TestStore test, LocalSecretStore store, SecretsOptions options)
    {
        Test = test;
        Store = store;
        Options = options;
    }

    public TestStore Test { get; }
    public LocalSecretStore Store { get; private set; }
    public SecretsOptions Options { get; set; }
    public string KeyPath => Test.Folder.MasterKeyPath;

    public static async Task<TestSecrets> OpenAsync(SecretsOptions? options = null)
    {
        var test = await TestStore.OpenAsync();
        options ??= new SecretsOptions();
        return new TestSecrets(test, await SecretStart.OpenAsync(test.Folder, test.Store, options, test.Clock, NullLogger.Instance), options);
    }

    /// <summary>As a process that ends and starts again.</summary>
    public async Task RestartAsync()
    {
        Store.Dispose();
        Test.Reopen();
        Store = await SecretStart.OpenAsync(Test.Folder, Test.Store, Options, Test.Clock, NullLogger.Instance);
    }

    public void Dispose()
    {
        Store.Dispose();
        Test.Dispose();
    }
}
