using LinkFlow.Local.Sqlite;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("linkflow-").FullName;
    private string Data => Path.Combine(_parent, "data");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task A_folder_is_created_for_its_owner_alone()
    {
        using var folder = await DataFolder.OpenAsync(Data);

        Assert.True(Directory.Exists(folder.Path));
        if (!OperatingSystem.IsWindows()) Assert.Equal("UserExecute, UserWrite, UserRead", File.GetUnixFileMode(Data).ToString());
    }

    [Fact]
    public async Task Only_one_can_have_a_folder()
    {
        using var first = await DataFolder.OpenAsync(Data);

        var refused = await Assert.ThrowsAsync<DataFolderInUseException>(() => DataFolder.OpenAsync(Data, TimeSpan.FromMilliseconds(150)));

        Assert.Contains(Data, refused.Message, StringComparison.Ordinal);
        Assert.Contains("LinkFlow:DataPath", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_one_waits_for_the_first_to_end()
    {
        var first = await DataFolder.OpenAsync(Data);
        var second = DataFolder.OpenAsync(Data);
        await Task.Delay(150);
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_created_is_reported_at_once()
    {
        await File.WriteAllTextAsync(Data, "a file");

        await Assert.ThrowsAsync<IOException>(() => DataFolder.OpenAsync(Data));
    }
}
