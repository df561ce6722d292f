/** Runs under Deno: serves the entry file in its only argument for as long as its parent process lives. */

declare const Deno: {
  args: string[]
  stdin: { readable: AsyncIterable<Uint8Array> }
  exit(): never
}

await import(Deno.args[0] ?? '')

// A parent that is killed sends no message, but its end of the pipe is closed.
for await (const _ of Deno.stdin.readable);
Deno.exit()
