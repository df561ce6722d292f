/** Runs under Deno: serves the entry file that is named as its only argument for as long as its parent lives. */

declare const Deno: {
  args: string[]
  stdin: { readable: AsyncIterable<Uint8Array> }
  exit(): never
}

await import(Deno.args[0] ?? '')

// A parent that is killed says nothing, but its end of the pipe is closed.
for await (const _ of Deno.stdin.readable);
Deno.exit()
