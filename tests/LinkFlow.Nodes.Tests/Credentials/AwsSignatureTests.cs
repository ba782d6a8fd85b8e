using System.Security.Cryptography;
using System.Text;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Credentials.Signing;

namespace LinkFlow.Nodes.Tests.Credentials;

/// <summary>AWS's published signing vectors (aws-c-auth, tests/aws-signing-test-suite/v4), by their names there.</summary>
public class AwsSignatureTests
{
    private const string Unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly AwsKey Key = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service");

    [Theory]
    [InlineData("get-header-key-duplicate", "GET", "/", "My-Header1:value2|My-Header1:value2|My-Header1:value1", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea")]
    [InlineData("get-header-value-order", "GET", "/", "My-Header1:value4|My-Header1:value1|My-Header1:value3|My-Header1:value2", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01")]
    [InlineData("get-header-value-trim", "GET", "/", "My-Header1: value1|My-Header2: \"a   b   c\"", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("get-relative-normalized", "GET", "/example/..", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-relative-relative-normalized", "GET", "/example1/example2/../..", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-dot-slash-normalized", "GET", "/./", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-normalized", "GET", "//", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-pointless-dot-normalized", "GET", "/./example", "", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5")]
    [InlineData("get-slashes-normalized", "GET", "//example//", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    [InlineData("get-unreserved", "GET", "/" + Unreserved, "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("get-vanilla", "GET", "/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-vanilla-empty-query-key", "GET", "/?Param1=value1", "", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("get-vanilla-query-order-encoded", "GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", "", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac")]
    [InlineData("get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-vanilla-query-unreserved", "GET", "/?" + Unreserved + "=" + Unreserved, "", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")]
    [InlineData("get-vanilla-utf8-query", "GET", "/?ሴ=bar", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("post-header-key-sort", "POST", "/", "My-Header1:value1", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData("post-header-value-case", "POST", "/", "My-Header1:VALUE1", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d")]
    [InlineData("post-vanilla", "POST", "/", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("post-vanilla-query", "POST", "/?Param1=value1", "", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    public void A_request_is_signed_as_AWS_publishes(string name, string method, string path, string headers, string signature) =>
        Assert.Equal($"{name} {signature}", $"{name} {Sign(method, path, headers, "")[^64..]}");

    [Theory]
    [InlineData("post-x-www-form-urlencoded", "application/x-www-form-urlencoded", "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b")]
    [InlineData("post-x-www-form-urlencoded-parameters", "application/x-www-form-urlencoded; charset=utf-8", "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422")]
    public void A_body_is_signed_as_AWS_publishes(string name, string type, string signature)
    {
        var headers = "Content-Length:13|X-Amz-Content-Sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";

        Assert.Equal($"{name} {signature}", $"{name} {Sign("POST", "/", headers, "Param1=value1", type)[^64..]}");
    }

    [Fact]
    public void The_header_names_key_scope_and_what_is_signed() => Assert.Equal(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        Sign("GET", "/", "User-Agent:LinkFlow", ""));

    [Theory]
    [InlineData("service", "/a%20b/%E1%88%B4", "/a%2520b/%25E1%2588%25B4")]
    [InlineData("s3", "/a%20b//c", "/a%20b//c")]
    public void A_path_is_encoded_twice_but_once_for_S3(string service, string path, string canonical)
    {
        var (request, _) = AwsSignature.Canonical(new OutgoingRequest("GET", new Uri("https://example.amazonaws.com" + path), []), service, "");

        Assert.Equal(canonical, request.Split('\n')[1]);
    }

    [Theory]
    [InlineData("sts.eu-central-1.amazonaws.com", "sts", "eu-central-1")]
    [InlineData("iam.amazonaws.com", "iam", null)]
    [InlineData("bucket.s3.amazonaws.com", "s3", null)]
    [InlineData("bucket.s3.dualstack.eu-west-1.amazonaws.com", "s3", "eu-west-1")]
    [InlineData("abc.execute-api.us-gov-west-1.amazonaws.com", "execute-api", "us-gov-west-1")]
    [InlineData("search-x.eu-west-1.es.amazonaws.com", "es", "eu-west-1")]
    [InlineData("abc.lambda-url.us-east-1.on.aws", "lambda", "us-east-1")]
    [InlineData("email.us-east-1.amazonaws.com", "ses", "us-east-1")]
    [InlineData("kms-fips.us-east-1.amazonaws.com", "kms", "us-east-1")]
    [InlineData("ec2.cn-north-1.amazonaws.com.cn", "ec2", "cn-north-1")]
    [InlineData("bedrock-runtime.us-east-1.amazonaws.com", "bedrock", "us-east-1")]
    [InlineData("minio.example.com", null, null)]
    [InlineData("amazonaws.com.evil.example", null, null)]
    public void A_host_tells_its_service_and_region(string host, string? service, string? region) => Assert.Equal((service, region), AwsEndpoint.Of(host));

    private static string Sign(string method, string path, string headers, string body, string? type = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var all = headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(h => KeyValuePair.Create(h.Split(':')[0], h[(h.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        var request = new OutgoingRequest(method, new Uri("https://example.amazonaws.com" + path), [.. all, new("X-Amz-Date", "20150830T123600Z")], bytes, type);
        return AwsSignature.Of(request, Key, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
