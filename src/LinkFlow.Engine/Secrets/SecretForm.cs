namespace LinkFlow.Engine.Secrets;

/// <summary>One way in which a secret may stand in a text.</summary>
/// <param name="Text">What is looked for.</param>
/// <param name="IsBase64">It is the part of a base64 text that depends on the secret alone.</param>
/// <param name="SharesFirst">The base64 character before it holds bits of the secret too.</param>
/// <param name="SharesLast">The base64 character behind it holds bits of the secret too.</param>
internal readonly record struct SecretForm(string Text, bool IsBase64 = false, bool SharesFirst = false, bool SharesLast = false);
