using System.Globalization;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Documents;

/// <summary>
/// Reads pages of documents. Each is a range of one index, in its order: of <c>sort</c>, or of the first field asked for. It never leaves the tenant: the key names
/// it, and so does the range.
/// </summary>
internal sealed class CosmosLists(CosmosRequests requests, KnownVersions known, IBlobStore blobs, CosmosMetrics metrics, TimeProvider time, ILogger log)
{
    private const string Operation = "query";

    /// <summary>Asked for at once where a filter decides which of them count.</summary>
    private const int FilteredAtOnce = 200;

    public async ValueTask<DocumentPage> ReadAsync(DocumentQuery query, CancellationToken cancellationToken)
    {
        var items = new List<Document>();
        var (looked, charge) = (0, 0.0);
        string? last = null;
        var key = query.Within is { } within ? CosmosRequests.KeyOf(query.Tenant, query.Type.AggregateOf(within)) : CosmosRequests.KeyOf(query.Tenant);
        var atOnce = query.Filter is null ? Math.Min(query.Limit, query.ScanLimit) + 1 : Math.Min(query.ScanLimit, FilteredAtOnce) + 1;
        await foreach (var page in requests.QueryAsync(Operation, Text(query, time.GetUtcNow()), key, atOnce, cancellationToken))
        {
            charge += page.Charge;
            foreach (var found in page.Items)
            {
                var item = StoredItem.Read(found);
                RequireOrder(query, last, item.Id);
                if (items.Count == query.Limit || looked == query.ScanLimit) return new DocumentPage(items, query.OldestFirst ? item.Id : last);
                looked++;
                last = item.Id;
                known.See(new ItemPlace(query.Tenant, query.Type.AggregateOf(item.Id), ItemNames.ItemId(query.Type.Name, item.Id)), KnownVersion.Of(item));
                var body = await item.Body.GetAsync(query.Tenant, blobs, cancellationToken);
                if (query.Filter?.Invoke(body) ?? true) items.Add(new Document(query.Tenant, query.Type, item.Id, item.ETag, body));
            }

            if (charge <= requests.Policy.PageBudget || last is null) continue;
            metrics.OverBudget(query.Type.Name);
            CosmosLog.OverBudget(log, query.Type.Name, charge);
            // Oldest first, the next page begins at an id: the least that can follow this one.
            return new DocumentPage(items, query.OldestFirst ? last + '\u0001' : last);
        }

        return new DocumentPage(items, null);
    }

    private static QueryDefinition Text(DocumentQuery query, DateTimeOffset now)
    {
        var fields = query.Where.ToArray();
        var path = fields.Length == 0 ? "c.sort" : PathOf(fields[0].Key);
        var prefix = fields.Length == 0 ? ItemNames.Prefix(query.Tenant, query.Type.Name) : ItemNames.Prefix(query.Tenant, query.Type.Name, fields[0].Value);
        var text = new StringBuilder("SELECT ").Append(StoredItem.Selected).Append(CultureInfo.InvariantCulture, $" FROM c WHERE {path} >= @from AND {path} < @before");
        for (var i = 1; i < fields.Length; i++) text.Append(CultureInfo.InvariantCulture, $" AND {PathOf(fields[i].Key)} >= @from{i} AND {PathOf(fields[i].Key)} < @before{i}");
        text.Append(CultureInfo.InvariantCulture, $" AND (NOT IS_DEFINED(c.expiresAt) OR c.expiresAt > @now) ORDER BY {path} {(query.OldestFirst ? "ASC" : "DESC")}");

        var definition = new QueryDefinition(text.ToString())
            .WithParameter("@from", prefix + query.FromId)
            .WithParameter("@before", query.BeforeId is { } before ? prefix + before : ItemNames.Behind(prefix))
            .WithParameter("@now", now.ToUnixTimeMilliseconds());
        for (var i = 1; i < fields.Length; i++)
        {
            var also = ItemNames.Prefix(query.Tenant, query.Type.Name, fields[i].Value);
            definition.WithParameter($"@from{i}", also).WithParameter($"@before{i}", ItemNames.Behind(also));
        }

        return definition;
    }

    private static string PathOf(string field) => $"c.fields[\"{field}\"]";

    /// <summary>A page that is out of order would make its end, and with it the next page, wrong.</summary>
    private static void RequireOrder(DocumentQuery query, string? last, string id)
    {
        // Only of ASCII do we know how the service sorts it.
        if (last is null || !Ascii.IsValid(last) || !Ascii.IsValid(id)) return;
        var order = string.CompareOrdinal(id, last);
        if (query.OldestFirst ? order <= 0 : order >= 0)
            throw new StoreUnavailableException($"Cosmos DB listed documents of type '{query.Type.Name}' out of order. Ask again.", TimeSpan.FromSeconds(1));
    }
}
