using System.Text;
using LinkFlow.Azure.Secrets;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Tests.Secrets;

public sealed class VaultTextTests
{
    [Fact]
    public void Whatever_bytes_a_secret_has_they_come_back()
    {
        var random = new Random(7);
        for (var length = 1; length < 300; length++)
        {
            var secret = new byte[length];
            random.NextBytes(secret);
            if (length % 3 == 0) Array.Fill(secret, (byte)0xFF);
            if (length % 5 == 0) Array.Clear(secret);

            using var read = VaultText.Read(VaultText.Write(secret))!;

            Assert.Equal(Convert.ToHexString(secret), Convert.ToHexString(read.Bytes));
        }
    }

    [Fact]
    public void The_largest_secret_fits_into_the_vault()
    {
        var secret = new byte[ISecretStore.MaxBytes];
        Array.Fill(secret, (byte)0xFF);

        Assert.Equal(25_038, VaultText.Write(secret).Length);
    }

    [Theory]
    [InlineData("""{"password":"geheim €"}""", "t{\"password\":\"geheim €\"}")]
    [InlineData("a\tb\r\n", "ta\tb\r\n")]
    [InlineData("a\0", "b7EOr!!!!!!!!")]
    public void Text_can_be_read_in_the_vault(string secret, string expected)
    {
        var written = VaultText.Write(Encoding.UTF8.GetBytes(secret));

        if (expected[0] == 't') Assert.Equal(expected, written);
        else Assert.Equal(('b', '7', 13), (written[0], written[1], written.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("b")]
    [InlineData("b0")]
    [InlineData("b9!!!!!!!!!!!")]
    [InlineData("b0!!!!!!!!!!")]
    [InlineData("b0!!!!!!!!!!ä")]
    [InlineData("b0~~~~~~~~~~~")]
    public void What_someone_else_wrote_is_not_read(string text) => Assert.Null(VaultText.Read(text));
}
