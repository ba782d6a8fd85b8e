using System.Text;
using LinkFlow.Local.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;

namespace LinkFlow.Local.Tests.Secrets;

public sealed class SecretEnvelopeTests
{
    private const string Version = "0193f3a0-0000-7000-8000-000000000001";
    private static readonly SecretPlace Place = new("default", "credential-1", Version);

    /// <summary>Computed by another implementation (Node.js's crypto) from the same inputs; formats that were written must open for ever.</summary>
    private const string Golden = "017c5fee74bb7e5e35808182838485868788898a8b20e42c580557a7d6d6c25f7b0a3ee46af70fe7ac5ee55b5d75a4da93eaa163ab7e7f9b5831c764fdf56a67e589499119a0a1a2a3a4a5a6a7a8a9aaabb4e0744d8788e80d1100338dec788d677035b23fa8ea7e939717112e02";
    private const string GoldenSealed = "020193f3a0000070008000000000000001808182838485868788898a8b4e31ccb547175ea30005e25b17a9583ea64d575c8e473cb8939297e457";

    [Fact]
    public void The_format_is_the_golden_one_to_the_byte()
    {
        using var master = Master();

        var envelope = SecretEnvelope.Seal(master, Place, "correct horse"u8, [.. Sequence(32, 0x40), .. Sequence(12, 0x80), .. Sequence(12, 0xA0)]);

        Assert.Equal(Golden, Convert.ToHexStringLower(envelope!));
        Assert.Equal("7c5fee74bb7e5e35", master.Id.ToString());
    }

    [Fact]
    public void The_golden_envelope_opens()
    {
        using var master = Master();

        using var secret = SecretEnvelope.Open(master, Place, Convert.FromHexString(Golden));

        Assert.Equal("correct horse", Encoding.UTF8.GetString(secret!.Bytes));
    }

    [Fact]
    public void The_sealed_format_is_the_golden_one_to_the_byte_and_opens()
    {
        var place = new SecretPlace("default", "access-token", "");

        var envelope = SealedEnvelope.Seal(Sequence(32, 0x40), Version, place, "correct horse"u8, Sequence(12, 0x80));
        using var secret = SealedEnvelope.Open(Sequence(32, 0x40), place, Convert.FromHexString(GoldenSealed));

        Assert.Equal(GoldenSealed, Convert.ToHexStringLower(envelope));
        Assert.Equal("correct horse", Encoding.UTF8.GetString(secret.Bytes));
        Assert.Equal(Version, SealedEnvelope.KeyVersionOf(envelope, "access-token"));
    }

    [Fact]
    public void Any_secret_comes_back_in_any_place_with_any_key()
    {
        var random = new Random(4711);
        for (var i = 0; i < 1_000; i++)
        {
            using var master = MasterKey.Draw(DateTimeOffset.UnixEpoch);
            var secret = new byte[random.Next(1, 300)];
            random.NextBytes(secret);
            var place = new SecretPlace(Text(random), Text(random), Text(random));
            using var opened = SecretEnvelope.Open(master, place, SecretEnvelope.Seal(master, place, secret)!);
            Assert.Equal(secret, opened!.Bytes.ToArray());
        }
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        using var master = Master();
        var golden = Convert.FromHexString(Golden);
        for (var bit = 0; bit < golden.Length * 8; bit++)
        {
            var changed = golden.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SecretUnreadableException>(() => OpenAsStored(master, changed));
        }
    }

    [Fact]
    public void Every_other_length_is_refused()
    {
        using var master = Master();
        var golden = Convert.FromHexString(Golden);
        for (var length = 0; length < golden.Length; length++) Assert.Throws<SecretUnreadableException>(() => OpenAsStored(master, golden[..length]));
        Assert.Throws<SecretUnreadableException>(() => OpenAsStored(master, [.. golden, 0]));
    }

    [Theory]
    [InlineData("other", "credential-1", Version)]
    [InlineData("default", "credential-2", Version)]
    [InlineData("default", "credential-1", "0193f3a0-0000-7000-8000-000000000002")]
    [InlineData("defaultc", "redential-1", Version)]
    [InlineData("default", "credential-1" + Version, "")]
    [InlineData("", "", "")]
    public void Another_place_is_refused(string tenant, string name, string version)
    {
        using var master = Master();

        Assert.Throws<SecretUnreadableException>(() => SecretEnvelope.Open(master, new SecretPlace(tenant, name, version), Convert.FromHexString(Golden)));
    }

    [Fact]
    public void Another_key_is_refused_even_when_it_claims_the_same_id()
    {
        using var other = MasterKey.Draw(DateTimeOffset.UnixEpoch);
        var forged = Convert.FromHexString(Golden);
        other.Id.Write(forged.AsSpan(SecretEnvelope.KeyIdOffset));

        Assert.Throws<SecretUnreadableException>(() => SecretEnvelope.Open(other, Place, forged));
    }

    [Fact]
    public void Rewrapping_changes_the_wrapped_key_and_nothing_of_the_secret()
    {
        using var from = Master();
        using var to = MasterKey.Draw(DateTimeOffset.UnixEpoch);
        var golden = Convert.FromHexString(Golden);

        var rewrapped = SecretEnvelope.Rewrap(from, to, Place, golden)!;

        Assert.Equal(golden[69..], rewrapped[69..]);
        Assert.Equal(to.Id, SecretEnvelope.KeyIdOf(rewrapped, Place));
        using var secret = SecretEnvelope.Open(to, Place, rewrapped);
        Assert.Equal("correct horse", Encoding.UTF8.GetString(secret!.Bytes));
    }

    [Fact]
    public void A_damaged_envelope_is_not_rewrapped()
    {
        using var from = Master();
        using var to = MasterKey.Draw(DateTimeOffset.UnixEpoch);
        var golden = Convert.FromHexString(Golden);
        golden[30] ^= 1;

        Assert.Throws<SecretUnreadableException>(() => SecretEnvelope.Rewrap(from, to, Place, golden));
    }

    [Fact]
    public void A_dropped_key_seals_and_opens_nothing()
    {
        var dropped = Master();
        using var other = MasterKey.Draw(DateTimeOffset.UnixEpoch);
        dropped.Dispose();

        Assert.Null(SecretEnvelope.Seal(dropped, Place, "x"u8));
        Assert.Null(SecretEnvelope.Open(dropped, Place, Convert.FromHexString(Golden)));
        Assert.Null(SecretEnvelope.Rewrap(dropped, other, Place, Convert.FromHexString(Golden)));
    }

    [Fact]
    public void Equal_secrets_give_different_envelopes()
    {
        using var master = Master();

        Assert.NotEqual(SecretEnvelope.Seal(master, Place, "same"u8), SecretEnvelope.Seal(master, Place, "same"u8));
    }

    /// <summary>As the store opens an envelope: first which key, then with it.</summary>
    private static void OpenAsStored(MasterKey master, byte[] envelope)
    {
        if (SecretEnvelope.KeyIdOf(envelope, Place) != master.Id) throw new SecretUnreadableException("unknown key");
        SecretEnvelope.Open(master, Place, envelope)!.Dispose();
    }

    private static MasterKey Master() => MasterKey.From(Sequence(32, 0), DateTimeOffset.UnixEpoch);
    private static byte[] Sequence(int length, int start) => [.. Enumerable.Range(start, length).Select(i => (byte)i)];
    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(0, 20)).Select(_ => char.ConvertFromUtf32(random.Next(1, 0xD7FF))));
}
