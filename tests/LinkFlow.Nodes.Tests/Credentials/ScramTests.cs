using LinkFlow.Nodes.Credentials.Connections;

namespace LinkFlow.Nodes.Tests.Credentials;

public class ScramTests
{
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    private readonly Scram _scram = new("user", "pencil", "rOprNGfwEbeRWgbNEkqO");

    [Fact]
    public void The_dialogue_is_that_of_RFC_7677()
    {
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", _scram.First());
        Assert.Equal("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", _scram.Final(ServerFirst));
        _scram.Verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    [Fact]
    public void A_server_that_does_not_know_the_password_is_found_out()
    {
        _scram.Final(ServerFirst);

        Assert.Throws<FormatException>(() => _scram.Verify("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    }

    [Theory]
    [InlineData("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=???,i=1")]
    [InlineData("i=1")]
    public void A_message_that_breaks_the_rules_is_refused(string serverFirst) => Assert.Throws<FormatException>(() => _scram.Final(serverFirst));
}
