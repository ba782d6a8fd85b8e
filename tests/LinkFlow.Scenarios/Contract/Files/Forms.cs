using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract.Files;

/// <summary>Forms as browsers and curl send them, and as nobody should.</summary>
internal static class Forms
{
    public const string Boundary = "boundary-7f3a";

    public static HttpContent Of(params (string Field, string Name, string Type, byte[] Bytes)[] files)
    {
        using var body = new MemoryStream();
        foreach (var (field, name, type, bytes) in files)
        {
            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"{field}\"{(name.Length > 0 ? $"; filename=\"{name}\"" : "")}\r\n{(type.Length > 0 ? $"Content-Type: {type}\r\n" : "")}\r\n"));
            body.Write(bytes);
            body.Write("\r\n"u8);
        }

        body.Write(Encoding.UTF8.GetBytes($"--{Boundary}--\r\n"));
        return Raw(body.ToArray());
    }

    /// <summary>These bytes, said to be a form.</summary>
    public static HttpContent Raw(byte[] body, string contentType = $"multipart/form-data; boundary={Boundary}")
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    public static async Task<(int Status, Value Body, HttpResponseHeaders Headers)> SendAsync(HttpClient http, string path, HttpContent content, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length > 0 && answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonText.Parse(text) : Value.From(text), answer.Headers);
    }
}
