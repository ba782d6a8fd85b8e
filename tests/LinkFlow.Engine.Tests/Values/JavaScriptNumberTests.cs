using System.Globalization;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Values;

public sealed class JavaScriptNumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "0")]
    [InlineData(1, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(100, "100")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(999999999999999900000.0, "999999999999999900000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.5e21, "1.5e+21")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.234e-7, "1.234e-7")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-1.7976931348623157e308, "-1.7976931348623157e+308")]
    [InlineData(9007199254740993, "9007199254740992")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1234567890123456.5, "1234567890123456.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Numbers_print_as_in_JavaScript(double number, string text) => Assert.Equal(text, JavaScriptNumber.ToString(number));

    [Fact]
    public void What_is_printed_reads_back_as_the_same_number()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var number = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(number)) Assert.Equal(number, double.Parse(JavaScriptNumber.ToString(number), CultureInfo.InvariantCulture));
        }
    }
}
