using System.Runtime.CompilerServices;

namespace LinkFlow.Platform.Ports;

/// <summary>Reads all that a query finds, page by page.</summary>
public static class DocumentReading
{
    private const int PageSize = 200;

    public static async IAsyncEnumerable<Document> ReadAllAsync(this IDocumentStore store, DocumentQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var page = query with { Limit = PageSize }; ;)
        {
            var found = await store.QueryAsync(page, cancellationToken);
            foreach (var document in found.Items) yield return document;
            if (found.NextId is null) yield break;
            page = query.OldestFirst ? page with { FromId = found.NextId } : page with { BeforeId = found.NextId };
        }
    }
}
