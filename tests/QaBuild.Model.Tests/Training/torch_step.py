"""Writes torch_step.bin: loss and gradients of one LoRA step of a small Qwen2, computed by PyTorch.

Needs Debian's python3-torch and python3-numpy. The weights are made by a formula that TinyModel.cs repeats, so that the file holds nothing but results.
Usage: python3 torch_step.py torch_step.bin
"""
import math
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

WIDTH, LAYERS, HEADS, KEY_HEADS, HEAD, FEED, VOCABULARY, RANK, SCALE = 32, 2, 4, 2, 8, 48, 61, 4, 2.0
EPSILON, BASE, TOKENS, SEQUENCES = 1e-6, 1e6, 13, 2
torch.set_default_dtype(torch.float64 if '--double' in sys.argv else torch.float32)


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(name, count):
    """Numbers in [-0.5, 0.5) that depend on the name alone."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % (1 << 64)
    with np.errstate(over='ignore'):
        z = mix(np.uint64(seed) + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15))
    return (z >> np.uint64(40)).astype(np.float64) / (1 << 24) - 0.5


def tensor(name, shape, spread, mean=0.0):
    values = (mean + spread * uniform(name, math.prod(shape))).astype(np.float32)
    return torch.tensor(values, dtype=torch.get_default_dtype()).reshape(shape)


LINEARS = [('attn_q', HEADS * HEAD, WIDTH), ('attn_k', KEY_HEADS * HEAD, WIDTH), ('attn_v', KEY_HEADS * HEAD, WIDTH), ('attn_output', WIDTH, HEADS * HEAD),
           ('ffn_gate', FEED, WIDTH), ('ffn_up', FEED, WIDTH), ('ffn_down', WIDTH, FEED)]
trained = {}


def norm(x, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * tensor(name, (WIDTH,), 0.4, 1.0)


def linear(x, layer, name, outputs, inputs):
    full = f'blk.{layer}.{name}.weight'
    for suffix, shape in (('.lora_a', (RANK, inputs)), ('.lora_b', (RANK, outputs))):
        if full + suffix not in trained:
            trained[full + suffix] = tensor(full + suffix, shape, 0.6).requires_grad_()
    bias = tensor(f'blk.{layer}.{name}.bias', (outputs,), 0.4) if name in ('attn_q', 'attn_k', 'attn_v') else None
    return F.linear(x, tensor(full, (outputs, inputs), 0.6), bias) + SCALE * (x @ trained[full + '.lora_a'].T) @ trained[full + '.lora_b']


def rope(x):
    angles = torch.outer(torch.arange(TOKENS, dtype=torch.float64), BASE ** -(torch.arange(0, HEAD, 2, dtype=torch.float64) / HEAD))
    cos, sin = (torch.cat([f, f], -1).to(x.dtype) for f in (angles.cos(), angles.sin()))
    return x * cos + torch.cat([-x[..., HEAD // 2:], x[..., :HEAD // 2]], -1) * sin


def loss(tokens, targets):
    embedding = tensor('token_embd.weight', (VOCABULARY, WIDTH), 0.6)
    x = embedding[tokens]
    hidden = torch.full((TOKENS, TOKENS), float('-inf')).triu(1)
    shapes = {n: (n, o, i) for n, o, i in LINEARS}
    for layer in range(LAYERS):
        h = norm(x, f'blk.{layer}.attn_norm.weight')
        q, k, v = (linear(h, layer, *shapes[n]).view(SEQUENCES, TOKENS, -1, HEAD).transpose(1, 2) for n in ('attn_q', 'attn_k', 'attn_v'))
        k, v = (t.repeat_interleave(HEADS // KEY_HEADS, 1) for t in (rope(k), v))
        p = torch.softmax(rope(q) @ k.transpose(-1, -2) / math.sqrt(HEAD) + hidden, -1)
        x = x + linear((p @ v).transpose(1, 2).reshape(SEQUENCES, TOKENS, -1), layer, *shapes['attn_output'])
        h = norm(x, f'blk.{layer}.ffn_norm.weight')
        x = x + linear(F.silu(linear(h, layer, *shapes['ffn_gate'])) * linear(h, layer, *shapes['ffn_up']), layer, *shapes['ffn_down'])
    return F.cross_entropy((norm(x, 'output_norm.weight') @ embedding.T).reshape(-1, VOCABULARY), targets.reshape(-1))


def ids(name):
    return torch.tensor(((uniform(name, SEQUENCES * TOKENS) + 0.5) * VOCABULARY).astype(np.int64)).reshape(SEQUENCES, TOKENS)


result = loss(ids('tokens'), ids('targets'))
result.backward()
with open(sys.argv[1], 'wb') as file:
    for name, values in [('loss', result.detach().reshape(1))] + [(n, p.grad.reshape(-1)) for n, p in trained.items()]:
        data = values.to(torch.float32).numpy()
        file.write(struct.pack('<i', len(name)) + name.encode() + struct.pack('<i', data.size) + data.tobytes())
print(result.item())
