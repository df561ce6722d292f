import * as Flags from '@oclif/core/flags'
import type { InferredFlags } from '@oclif/core/interfaces'
import { pickKinds } from '../cli/kinds.ts'
import { takeStdout } from '../cli/terminal/take-stdout.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import type { Kind } from '../contract/kind.ts'
import { printableText } from '../core/printable.ts'

/** How often the registry is asked for changes, milliseconds. */
const POLL_MS = 10_000

export default class Mcp extends TreeCommand {
  static override summary = 'Serve the registry to an AI client as an MCP server over stdio.'
  static override description =
    'Tools to search, read, compare and check definitions, resources nofx://<kind>/<id>, and the prompts of live agents. The registry is the one that the environment names, as for every command, or the deployment of --url. Nothing is stored or moved without --allow-writes. Only messages of the protocol are printed to stdout. The command ends when the client closes the connection.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --url https://registry.example.com',
  ]
  static override flags = {
    url: Flags.string({
      description: "a deployment's URL instead of the registry of the environment; NOFX_TOKEN signs in there",
      helpValue: 'https://…',
    }),
    kind: Flags.string({ description: 'only this kind', multiple: true, helpValue: 'KIND' }),
    'allow-writes': Flags.boolean({
      description: 'offer the tools that change what is live, and store plans',
    }),
  }

  protected override readonly graceMs = undefined
  private serving = false

  async run(): Promise<void> {
    const { flags } = await this.parse(Mcp)
    const kinds = pickKinds(await this.kinds(), flags.kind ?? [])
    const [{ serveMcpStdio }, api] = await Promise.all([
      import('../mcp/serve-stdio.ts'),
      this.api(flags, kinds),
    ])
    this.serving = true
    const { signal } = this.interrupt
    const streams = { stdin: process.stdin, stdout: takeStdout(), signal }
    const rights = { publisher: api.publisher, writes: flags['allow-writes'] }
    await serveMcpStdio({ ...api, ...rights, ...streams, kinds: kinds.map(brief), onError: note })
    await api.close()
  }

  /** Once the protocol has begun, no document follows it. */
  override logJson(json: unknown): void {
    if (!this.serving) super.logJson(json)
  }

  private async api({ url }: InferredFlags<typeof Mcp.flags>, kinds: readonly Kind[]) {
    if (url !== undefined) {
      const { openRemoteApi } = await import('../cloud/hosted/remote-api.ts')
      return { ...openRemoteApi(url, process.env), wakeups: everySoOften }
    }
    const { createEnvironmentApi } = await import('../api/environment-api.ts')
    const where = { root: this.project.root, kinds, env: process.env, actor: await this.actor() }
    const { fetch, publisher, isShared, close } = createEnvironmentApi(where)
    const wakeups = isShared ? everySoOften : undefined
    return { dispatch: fetch, origin: 'http://registry.localhost', headers: {}, publisher, wakeups, close }
  }
}

function everySoOften(wake: () => void): () => void {
  const timer = setInterval(wake, POLL_MS).unref()
  return () => clearInterval(timer)
}

const brief = ({ id, singular, instantiate }: Kind) => ({ id, singular, canInstantiate: !!instantiate })

function note(error: Error): void {
  process.stderr.write(`${printableText(error.message)}\n`)
}
