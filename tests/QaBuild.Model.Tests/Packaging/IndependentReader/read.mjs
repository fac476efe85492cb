// Reads a GGUF on this machine and prints what it says, as JSON.
import { gguf } from "@huggingface/gguf";

const { metadata, tensorInfos } = await gguf(process.argv[2], { allowLocalFile: true });
const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);
console.log(JSON.stringify({ metadata, tensors: tensorInfos.map(({ name, shape, dtype, offset }) => ({ name, shape, dtype, offset })) }, plain));
