namespace LinkFlow.Local.Secrets;

/// <summary>The master key cannot be used as it is: missing, damaged, open to others, or not the one that the store was sealed with. A person must act.</summary>
public sealed class MasterKeyException(string message, Exception? inner = null) : Exception(message, inner);
