import * as Flags from '@oclif/core/flags'
import type { InferredFlags } from '@oclif/core/interfaces'
import { paletteFor, printJson } from '../cli/output.ts'
import { findingsScreen } from '../cli/terminal/findings-screen.ts'
import { clearSign, showSign } from '../cli/terminal/sign-of-life.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import { shownPath } from '../core/disk/shown-path.ts'
import { formats } from '../core/formats/formats.ts'
import { printableText } from '../core/printable.ts'
import { REQUEST_LINES, type RequestForm } from '../dev/request-line.ts'
import type { DevOptions } from '../dev/run-dev.ts'
import type { Seeded } from '../dev/seed.ts'
import { isSupervised, type Ready } from '../dev/supervise.ts'

export default class Dev extends TreeCommand {
  static override summary =
    'Serve the whole cloud on one port: REST, storage, edge functions and the HTTP API.'
  static override description =
    'Other commands in the same folder use this server while it runs. Each request is logged to stderr as one line without keys, as text or JSON (--log). Ctrl-C or SIGTERM stops the server once the open requests are answered. With --watch a changed definition is published again (with --seed), and in a checkout of nofx changed code restarts the server.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --seed',
    '<%= config.bin %> <%= command.id %> --db postgres://postgres@localhost:5432/nofx --port 0 --json',
  ]
  static override flags = {
    port: Flags.integer({ description: 'the port; 0 takes a free one', default: 54321, min: 0, max: 65_535 }),
    host: Flags.string({ description: 'the address to listen on', default: '127.0.0.1' }),
    'allow-host': Flags.string({
      description: 'a name under which clients reach it, beside localhost and addresses',
      multiple: true,
      helpValue: 'NAME',
    }),
    db: Flags.string({
      description: 'a PostgreSQL server instead of PGlite in .nofx/; same as NOFX_DATABASE_URL',
      helpValue: 'postgres://…',
    }),
    seed: Flags.boolean({ description: 'publish the definitions of the working tree' }),
    log: Flags.option({
      description: 'the form of the line that each request gets on stderr',
      options: Object.keys(REQUEST_LINES) as RequestForm[],
      default: 'text',
    })(),
    console: Flags.boolean({
      description: 'serve the console below /console/',
      default: true,
      allowNo: true,
    }),
    watch: Flags.boolean({ description: 'publish or reload changes', default: true, allowNo: true }),
  }

  protected override readonly graceMs = undefined

  async run(): Promise<void> {
    const { flags } = await this.parse(Dev)
    const options = await this.options(flags)
    // The server process of a supervisor starts under the supervisor's sign.
    if (!this.jsonEnabled() && !isSupervised()) showSign('Starting the registry')
    const { runDev } = await import('../dev/run-dev.ts')
    this.exitStatus = await runDev(options)
  }

  private async options(flags: InferredFlags<typeof Dev.flags>): Promise<DevOptions> {
    const { db = process.env.NOFX_DATABASE_URL, 'allow-host': allowHosts, log: form, ...rest } = flags
    const tree = this.tree(await this.kinds())
    return {
      ...rest,
      allowHosts,
      form,
      root: this.project.root,
      home: this.config.root,
      tree,
      databaseUrl: db || undefined,
      actor: await this.actor(),
      signal: this.interrupt.signal,
      onReady: (ready) => this.ready(ready),
      onSeeded: (seeded) => this.seeded(seeded),
      log: (line) => this.note(line),
    }
  }

  /** Prints one document under `--json`, as every command does, and then serves. */
  private ready({ url, pid, runtime, signIn }: Ready): void {
    const keys = `${shownPath(this.project.root)}/.nofx/keys.json`.replace(/^\.\//, '')
    if (this.jsonEnabled()) printJson(this.toSuccessJson({ url, pid, runtime, keys }))
    const secret = `$(node -p 'require("./${keys}").secret')`
    // The line to copy must not be broken.
    this.logDocument(
      [
        `${this.paint.bold('nofx dev')} ${this.paint.cyan(url)}`,
        '  /rest/v1 /storage/v1 /auth/v1  the registry, for any Supabase client',
        `  /functions/v1                  edge functions (${runtime})`,
        '  /api                           the HTTP API',
        ...(signIn === undefined ? [] : [`Console: ${this.paint.cyan(signIn)}`]),
        `Keys: ${keys} (publishable, secret). Commands in this folder need none; for another shell:`,
        `  export SUPABASE_URL=${url} SUPABASE_SECRET_KEY="${secret}"`,
        'Ctrl-C ends it.',
      ].join('\n'),
    )
  }

  private async seeded({ line, diagnostics }: Seeded): Promise<void> {
    const format = await formats.text()
    const text = format(diagnostics, {
      rules: {},
      version: this.config.version,
      paint: paletteFor(process.stderr),
      screen: findingsScreen(process.stderr, { more: 'nofx validate --verbose', onDisk: true }),
    })
    clearSign()
    if (text) process.stderr.write(`${text}\n`)
    this.note(line)
  }

  /** Prints under `--json` too: a server has no other output for what happens. */
  private note(line: string): void {
    clearSign()
    process.stderr.write(`${printableText(line)}\n`)
  }
}
