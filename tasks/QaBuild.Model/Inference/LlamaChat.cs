using System.Runtime.InteropServices;
using System.Text;
using QaBuild.Model.Inference.Native;

namespace QaBuild.Model.Inference;

/// <summary>llama.cpp's own chat templates, which it chooses by marks in a template or by name. Lives in the child process.</summary>
internal static unsafe class LlamaChat
{
    /// <summary>The text of a conversation, without what the tokenizer adds.</summary>
    /// <param name="template">In Jinja, or a name of llama.cpp's.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether an answer is asked for at the end.</param>
    /// <param name="refused">Makes the fault of a phrase.</param>
    public static string Render(string template, IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, Func<string, object[], ModelFaultException> refused)
    {
        if (messages.Any(m => m.Role.Contains('\0', StringComparison.Ordinal) || m.Content.Contains('\0', StringComparison.Ordinal)))
        {
            throw refused("LlamaNulInMessage", []);
        }

        var native = new ChatMessageNative[messages.Count];
        var name = Marshal.StringToCoTaskMemUTF8(template);
        try
        {
            for (var i = 0; i < native.Length; i++)
            {
                native[i] = new ChatMessageNative { Role = Marshal.StringToCoTaskMemUTF8(messages[i].Role), Content = Marshal.StringToCoTaskMemUTF8(messages[i].Content) };
            }

            var room = new byte[1024];
            while (true)
            {
                int count;
                fixed (ChatMessageNative* turns = native)
                fixed (byte* bytes = room)
                {
                    count = Llama.ApplyChatTemplate(name, turns, (nuint)native.Length, addGenerationPrompt, bytes, room.Length);
                }

                if (count < 0)
                {
                    throw refused("LlamaUnknownTemplate", []);
                }

                if (count <= room.Length)
                {
                    return Encoding.UTF8.GetString(room, 0, count);
                }

                room = new byte[count];
            }
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
            foreach (var message in native)
            {
                Marshal.FreeCoTaskMem(message.Role);
                Marshal.FreeCoTaskMem(message.Content);
            }
        }
    }
}
