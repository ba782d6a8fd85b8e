namespace LinkFlow.Engine.Tests.Expressions.Transformations;

/// <summary>The data-transformation methods of strings, as n8n documents them.</summary>
public sealed class TextTransformationTests
{
    [Theory]
    [InlineData("['', 'a', ' '].map(s => s.isEmpty())", "[true,false,false]")]
    [InlineData("['', 'a', ' '].map(s => s.isNotEmpty())", "[false,true,true]")]
    [InlineData("['', '  \\n\\u00a0', ' a '].map(s => s.isBlank())", "[true,true,false]")]
    [InlineData("['', '  \\n\\u00a0', ' a '].map(s => s.isNotBlank())", "[false,false,true]")]
    [InlineData("['', 'asdf', '1234', '4e4', '4.4', '-1', '1 2', ' 1', '0x10', '1,5', '٣'].map(s => s.isNumeric())", "[false,false,true,true,true,true,false,false,true,false,false]")]
    [InlineData("['test@example.com', 'aaaaaaaa', 'test @ n8n', 'It is me@example.com', 'a@b', 'a@b.c', 'ada+x@sub.example.co.uk', '\"a b\"@example.com', 'a@[127.0.0.1]', '@example.com', 'ü@müller.de', ''].map(s => s.isEmail())", "[true,false,false,false,false,false,true,true,true,false,true,false]")]
    [InlineData("['https://example.com/', 'ftp://example.com/', 'example.com', 'www.example.com', 'https://www.example.com/path?query=1#f', 'https://example.com:8080', 'https://example.com?query=1', 'https://example.com#fragment', 'http:///', 'https://', 'example', '', 'http://localhost:3000/a', 'http://10.0.0.1', 'https://a b.com', 'javascript:alert(1)', 'HTTPS://EXAMPLE.COM'].map(s => s.isUrl())", "[true,true,false,false,true,true,true,true,false,false,false,false,true,true,false,false,true]")]
    [InlineData("['example.com', 'asdf', 'https://example.com/', 'www.example.com', 'example.co.uk', 'example.', '.com', 'example..com', 'example_com', 'example/com', 'example com', '123.com', 'xn--80aswg.xn--p1ai', 'example.com:8080', '', 'localhost', '127.0.0.1'].map(s => s.isDomain())", "[true,false,false,true,true,false,false,false,false,false,false,true,true,true,false,true,true]")]
    public void A_string_is_checked(string expression, string expected) => Assert.Equal(expected, Language.Evaluate(expression));

    [Theory]
    [InlineData("'Write to: test@example.org, or call'.extractEmail()", "\"test@example.org\"")]
    [InlineData("'no address @ all'.extractEmail() ?? 'none'", "\"none\"")]
    [InlineData("'<ada@example.com>'.extractEmail()", "\"ada@example.com\"")]
    [InlineData("'a url: https://example.net/ and an email: test@example.org'.extractUrl()", "\"https://example.net/\"")]
    [InlineData("'Check this out: https://subdomain.example.com:3000/path?q=1#hash'.extractUrl()", "\"https://subdomain.example.com:3000/path?q=1#hash\"")]
    [InlineData("'Invalid URL: http:///example.com'.extractUrl() ?? 'none'", "\"none\"")]
    [InlineData("'Mixed: https://www.example.com and http://www.example.org'.extractUrl()", "\"https://www.example.com\"")]
    [InlineData("'Unicode: http://www.xn--80aswg.xn--j1amh'.extractUrl()", "\"http://www.xn--80aswg.xn--j1amh\"")]
    [InlineData("'IP URL: http://192.168.1.1:8000/path?q=value#frag'.extractUrl()", "\"http://192.168.1.1:8000/path?q=value#frag\"")]
    [InlineData("['test@example.org', 'https://example.org/', 'https://www.google.com', 'ftp://ftp.example.com', 'google.com', '//example.com', 'mailto:john.doe@example.com', 'name+tag@example.com', 'first.last@example.co.uk', 'www.example.net?test=1213', 'www.example.net#x', 'https://192.168.1.1', 'https://localhost?test=123', 'https://www.example_with_underscore.com', 'https://www.example.com:8080', 'https://user:secret@example.com/a'].map(s => s.extractDomain())", """["example.org","example.org","www.google.com","ftp.example.com","google.com","example.com","example.com","example.com","example.co.uk","www.example.net","www.example.net","192.168.1.1","localhost","www.example_with_underscore.com","www.example.com","example.com"]""")]
    [InlineData("['tel:+1-555-123-4567', 'hello', '', 'two words.com'].map(s => s.extractDomain() ?? 'none')", """["none","none","none","none"]""")]
    [InlineData("\"It's me@example.com\".extractEmail().extractDomain()", "\"example.com\"")]
    [InlineData("['https://example.com/orders/1/detail#hash?foo=bar', 'http://example.com', 'https://example.com?x=1', 'https://e.com/a/../b/./c', 'https://e.com/ä b', 'hi'].map(s => s.extractUrlPath() ?? 'none')", """["/orders/1/detail","/","/","/b/c","/%C3%A4%20b","none"]""")]
    public void An_address_is_extracted(string expression, string expected) => Assert.Equal(expected, Language.Evaluate(expression));

    [Theory]
    [InlineData("['1.1', ' 12 ', '1.23E10', '', '€12.50', '$1', '-3', '0x1f', '12 kr', 'R$ 5'].map(s => s.toNumber())", "[1.1,12,12300000000,0,12.5,1,-3,31,12,5]")]
    [InlineData("['1.1', '1.9', '42 items', '€7', '-2.5'].map(s => s.toInt())", "[1,1,42,7,-2]")]
    [InlineData("['ff'.toInt(16), '101'.toInt(2), '9.9'.toWholeNumber()]", "[255,5,9]")]
    [InlineData("['1.1', '3.5 kg', '$2.5'].map(s => s.toFloat())", "[1.1,3.5,2.5]")]
    [InlineData("'1.1'.toDecimalNumber()", "1.1")]
    [InlineData("['False', '', '0', 'no', 'NO', 'TRUE', 'hello', ' '].map(s => s.toBoolean())", "[false,false,false,false,false,true,true,true]")]
    [InlineData("'{\"a\":[1,{\"b\":null}]}'.parseJson()", """{"a":[1,{"b":null}]}""")]
    [InlineData("'\"x\"'.parseJson() + '5'.parseJson()", "\"x5\"")]
    [InlineData("['test', '', 'The \"best\": red\\nbrown', '\\t😀'].map(s => s.toJsonString())", """["\"test\"","\"\"","\"The \\\"best\\\": red\\nbrown\"","\"\\t😀\""]""")]
    [InlineData("['2024-02-23', 'Wed, 21 Oct 2015 07:28:00 GMT', '1-Feb-2024', '2008-11-11T10:00:00+01:00'].map(s => s.toDateTime().toISODate())", """["2024-02-23","2015-10-21","2024-02-01","2008-11-11"]""")]
    [InlineData("['1713976144063'.toDateTime('ms').toMillis(), '31-01-2024'.toDateTime('dd-MM-yyyy').toISODate()]", """[1713976144063,"2024-01-31"]""")]
    [InlineData("['2022-09-01T19:42:28.164Z'.toDate().getTime(), '2022-09-01'.toDate().toISOString()]", """[1662061348164,"2022-09-01T00:00:00.000Z"]""")]
    public void A_string_is_converted(string expression, string expected) => Assert.Equal(expected, Language.Evaluate(expression));

    [Theory]
    [InlineData("['quick a brown FOX', 'the lord of the rings', 'of', 'my iPhone on example.com', \"don't stop\", 'anne-marie o’neil', '', 'ünlü şehir', 'what to look for'].map(s => s.toTitleCase())", """["Quick a Brown FOX","The Lord of the Rings","Of","My iPhone on example.com","Don't Stop","Anne-Marie O’neil","","Ünlü Şehir","What to Look For"]""")]
    [InlineData("['i am a test! i have PUNCTUATION. or do i?', 'hello world. 123', 'growth is high. 50%', '42', '', '¿qué? ÄPFEL'].map(s => s.toSentenceCase())", """["I am a test! I have punctuation. Or do i?","Hello world. 123","Growth is high. 50%","42","","¿Qué? Äpfel"]""")]
    [InlineData("['I am a test!', 'i_am_a_test', 'quick brown $FOX', 'Order-Number (new)', '', 'Größe: ÄÖ…'].map(s => s.toSnakeCase())", """["i_am_a_test","i_am_a_test","quick_brown_fox","order_number_new","","größe_äö"]""")]
    public void Letters_change_their_case(string expression, string expected) => Assert.Equal(expected, Language.Evaluate(expression));

    [Theory]
    [InlineData("", "827ccb0eea8a706c4c34a16891f84e7b")]
    [InlineData("base64", "MTIzNDU=")]
    [InlineData("md5", "827ccb0eea8a706c4c34a16891f84e7b")]
    [InlineData("SHA1", "8cb2237d0679ca88db6464eac60da96345513964")]
    [InlineData("sha224", "a7470858e79c282bc2f6adfd831b132672dfd1224c1e78cbf5bcd057")]
    [InlineData("sha256", "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5")]
    [InlineData("sha384", "0fa76955abfa9dafd83facca8343a92aa09497f98101086611b0bfa95dbc0dcc661d62e9568a5a032ba81960f3e55d4a")]
    [InlineData("sha512", "3627909a29c31381a071ec27f7c9ca97726182aed29a7ddd2e54353322cfb30abb9e3a6df2ac2c20fe23436311d678564d0c8d305930575f60e2d3d048184d79")]
    [InlineData("sha3", "0a2a1719bf3ce682afdbedf3b23857818d526efbe7fcb372b31347c26239a0f916c398b7ad8dd0ee76e8e388604d0b0f925d5e913ad2d3165b9b35b3844cd5e6")]
    public void A_string_is_hashed(string algorithm, string expected) =>
        Assert.Equal($"\"{expected}\"", Language.Evaluate($"'12345'.hash({(algorithm.Length == 0 ? "" : $"'{algorithm}'")})"));

    /// <summary>Published vectors: NIST's for SHA-224 and SHA3-512, the authors' for RIPEMD-160.</summary>
    [Theory]
    [InlineData("", "sha224", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "sha224", "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525")]
    [InlineData("", "sha3", "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "sha3", "04a371e84ecfb5b8b77cb48610fca8182dd457ce6f326a0fd3d7ec2f1e91636dee691fbe0c985302ba1b0d8dc78c086346b533b49c030d99a27daf1139d6e75e")]
    [InlineData("", "ripemd160", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("abc", "ripemd160", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "ripemd160", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    public void Digests_that_are_made_here_agree_with_the_published_ones(string text, string algorithm, string expected) =>
        Assert.Equal($"\"{expected}\"", Language.Evaluate($"'{text}'.hash('{algorithm}')"));

    [Theory]
    [InlineData("['n8n test', '', 'ÄÖ😀'].map(s => s.base64Encode())", """["bjhuIHRlc3Q=","","w4TDlvCfmIA="]""")]
    [InlineData("['bjhuIHRlc3Q=', 'bjhuIHRlc3Q', '', 'w4TDlvCfmIA=', ' aGVs\\nbG8= ', '_-8', '/w=='].map(s => s.base64Decode())", """["n8n test","n8n test","","ÄÖ😀","hello","��","�"]""")]
    [InlineData("['string with spaces', 'a=b&c', 'ä/ö?'].map(s => s.urlEncode())", """["string%20with%20spaces","a%3Db%26c","%C3%A4%2F%C3%B6%3F"]""")]
    [InlineData("'https://e.com/a b?c=ä'.urlEncode(true)", "\"https://e.com/a%20b?c=%C3%A4\"")]
    [InlineData("['string%20with%20spaces'.urlDecode(), 'name%3DAda%20L'.urlDecode(true), '%C3%A4'.urlDecode()]", """["string with spaces","name%3DAda L","ä"]""")]
    [InlineData("['test', '\"test\"', 'a\\\\b', ''].map(s => s.quote())", """["\"test\"","\"\\\"test\\\"\"","\"a\\\\b\"","\"\""]""")]
    [InlineData("\"it's\".quote(\"'\") + 'x'.quote('|') + 'y'.quote('')", "\"'it\\\\'s'|x|y\"")]
    [InlineData("['déjà vu', 'Straße', 'Łódź', 'Ça coûte 5 €', 'Привет', 'Ελλάδα', '„Hi“ – ok…', 'plain', '', '你😀'].map(s => s.replaceSpecialChars())", """["deja vu","Strasse","Lodz","Ca coute 5 EUR","Privet","Ellada","\"Hi\" - ok...","plain","","??"]""")]
    [InlineData("['<html><head>test</head></html>', '<b>bold</b>, <a>link</a>', 'no tags', '1 < 2 > 0', '<!-- c -->x<br/>y', 'open <b', ''].map(s => s.removeTags())", """["test","bold, link","no tags","1 < 2 > 0","xy","open ",""]""")]
    [InlineData("'*bold*, [link]()'.removeMarkdown()", "\"bold, link\"")]
    [InlineData("'<html><head>test</head></html>'.removeMarkdown()", "\"test\"")]
    [InlineData("'# Title #\\n\\n> a **bold *nested* word**\\n\\n- one\\n* two\\n1. three\\n- [x] done\\n\\n![alt](i.png)`code` ~~old~~ __strong__ snake_case_name _it_'.removeMarkdown()", "\"Title\\n\\na bold nested word\\n\\none\\ntwo\\nthree\\ndone\\n\\ncode old strong snake_case_name it\"")]
    [InlineData("'```js\\nlet a = 1;\\n```\\nText[^1] and [ref][id]\\n\\n[id]: https://e.com\\nHead\\n====\\nend'.removeMarkdown()", "\"let a = 1;\\nText and ref\\n\\nHead\\nend\"")]
    [InlineData("['', 'plain', '2 * 3 * 4', 'a_b', '****'].map(s => s.removeMarkdown())", """["","plain","2 * 3 * 4","a_b",""]""")]
    public void A_string_changes_its_notation(string expression, string expected) => Assert.Equal(expected, Language.Evaluate(expression));

    [Theory]
    [InlineData("'abc'.toNumber()", "The string \"abc\" cannot be converted to a number.")]
    [InlineData("'1,5'.toFloat()", "has a comma")]
    [InlineData("'x'.toFloat()", "cannot be converted to a number")]
    [InlineData("'x'.toInt()", "cannot be converted to a whole number")]
    [InlineData("\"{'a':1}\".parseJson()", "JSON has double quotation marks")]
    [InlineData("'no JSON here'.parseJson()", "This is not JSON")]
    [InlineData("'hi'.toDateTime()", "\"hi\" is not a date in a known form")]
    [InlineData("'2022-09-32T19:42:28.164Z'.toDate()", "These are not the parts of a date")]
    [InlineData("'x'.hash('crc')", "There is no algorithm 'crc'. There are md5")]
    [InlineData("'%%%'.urlDecode()", "URI malformed")]
    [InlineData("'\\ud800'.urlEncode()", "half of a surrogate pair")]
    [InlineData("'ä!'.base64Decode()", "not Base64")]
    [InlineData("'abc'.toTitelCase()", "Did you mean 'toTitleCase'?")]
    [InlineData("(5).extractEmail()", "There is no method 'extractEmail' of the number 5")]
    [InlineData("$json.missing.toTitleCase()", "Cannot read 'toTitleCase' of undefined")]
    [InlineData("null.hash()", "Cannot read 'hash' of null")]
    public void What_a_string_cannot_be_is_an_error(string expression, string expected) => Assert.Contains(expected, Language.Error(expression).Message);
}
