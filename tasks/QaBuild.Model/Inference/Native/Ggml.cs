using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference.Native;

/// <summary>What is called of <c>ggml.h</c> and <c>ggml-backend.h</c>. Names are those of the headers, without their prefix.</summary>
internal static unsafe partial class Ggml
{
    public const int CpuDevice = 0;
    public const int TypeF32 = 0;
    public const int TypeF16 = 1;

    private const string Backends = NativeLibraries.Ggml;
    private const string Base = NativeLibraries.GgmlBase;

    [LibraryImport(Backends, EntryPoint = "ggml_backend_load_all_from_path", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void LoadBackends(string folder);

    [LibraryImport(Backends, EntryPoint = "ggml_backend_load_all")]
    public static partial void LoadBackends();

    /// <returns>0 when there is none.</returns>
    [LibraryImport(Backends, EntryPoint = "ggml_backend_dev_by_type")]
    public static partial nint DeviceOfType(int type);

    [LibraryImport(Base, EntryPoint = "ggml_set_abort_callback")]
    public static partial nint SetAbortCallback(delegate* unmanaged[Cdecl]<byte*, void> callback);
}
