using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference.Native;

/// <summary><c>llama_chat_message</c>, 16 bytes: two texts that end with a zero byte.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChatMessageNative
{
    public nint Role;
    public nint Content;
}
