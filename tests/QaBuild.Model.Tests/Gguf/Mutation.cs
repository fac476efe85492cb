using System.Buffers.Binary;

namespace QaBuild.Model.Tests.Gguf;

/// <summary>Damage such as files come with: bits and bytes changed, parts missing, doubled or cut off, and numbers that size arithmetic stumbles over.</summary>
internal static class Mutation
{
    private static readonly ulong[] Numbers =
        [0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue];

    /// <summary>A copy with one to three damages.</summary>
    public static byte[] Of(byte[] good, Random random)
    {
        var bytes = good.ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 16), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 64), bytes.Count - at)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    var number = new byte[sizeof(ulong)];
                    BinaryPrimitives.WriteUInt64LittleEndian(number, Numbers[random.Next(Numbers.Length)]);
                    for (var i = 0; i < number.Length && at + i < bytes.Count; i++)
                    {
                        bytes[at + i] = number[i];
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
