namespace LinkFlow.Azure.Tests.Documents.Fake;

/// <summary>
/// What operations cost, as Microsoft publishes it ("Understand request units consumption", "Optimize request cost in Azure Cosmos DB"): by the size of the item, replacing
/// twice as much as inserting, reading twice as much under bounded staleness. Deleting is taken to cost as much as inserting, and a page of a query 2.3 and what its items cost to read.
/// </summary>
internal static class RequestUnits
{
    private static readonly (double KB, double Read, double Write)[] Published =
    [
        (1, 1.00, 4.95), (2, 1.04, 6.29), (4, 1.14, 6.67), (8, 1.33, 7.04), (16, 1.67, 9.52), (32, 2.19, 11.23), (64, 4.76, 22.67),
        (128, 9.95, 48.19), (256, 20.28, 98.29), (512, 40.95, 184.57), (1024, 145.90, 625.00), (2048, 291.80, 1250.00),
    ];

    public static double ToRead(int bytes) => 2 * Between(bytes, p => p.Read);
    public static double ToInsert(int bytes) => Between(bytes, p => p.Write);
    public static double ToReplace(int bytes) => 2 * ToInsert(bytes);
    public static double ToDelete(int bytes) => ToInsert(bytes);
    public static double OfPage(IEnumerable<int> items) => 2 * 2.3 + items.Sum(ToRead);

    private static double Between(int bytes, Func<(double KB, double Read, double Write), double> column)
    {
        var size = Math.Max(1, bytes / 1024.0);
        var above = Array.FindIndex(Published, p => p.KB >= size);
        if (above <= 0) return column(Published[above < 0 ? ^1 : 0]);
        var (low, high) = (Published[above - 1], Published[above]);
        return column(low) + (column(high) - column(low)) * (size - low.KB) / (high.KB - low.KB);
    }
}
