import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as Flags from '@oclif/core/flags'
import type { Answer } from '../cli/json/commands.ts'
import { shownSentence } from '../cli/present/time.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import { checkForUpdate } from '../cli/updates/announce-update.ts'
import { type HostedConfig, hostedConfig } from '../cloud/hosted/hosted-config.ts'
import { Failure } from '../contract/failure.ts'
import type { Kind } from '../contract/kind.ts'
import { type DoctorCheck, examine } from '../core/doctor.ts'
import { printableText } from '../core/printable.ts'

export default class Doctor extends TreeCommand {
  static override summary =
    'Check what is configured, reachable or missing, and print the command that fixes it.'
  static override description =
    'Changes nothing, except with --setup. On a hosted project it also checks the functions, the migrations, the bucket, sign-up, Realtime, the forwarder of events and the HTTP API, as far as the credential can see them; SUPABASE_SECRET_KEY sees all. --setup makes what the migrations cannot make: the schedule of the forwarder with its secrets in the Vault, and the bucket and the policy of the Realtime channel where they are missing. After a rotation of the secret key, run it again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]
  static override flags = {
    setup: Flags.boolean({ description: 'make the schedule of the forwarder; needs the secret key' }),
  }

  async run(): Promise<Answer<'doctor'>> {
    const { flags } = await this.parse(Doctor)
    const kinds = await this.kinds()
    if (flags.setup) await setUp(hostedConfig(process.env))
    const checks = await this.examine(kinds)
    const answer = this.answer({ checks }, checks.map((check) => this.line(check)).join('\n'))
    const failed = checks.filter((check) => check.state === 'failed')
    if (failed.length > 0) throw notReady(failed)
    return answer
  }

  private examine(kinds: Kind[]): Promise<DoctorCheck[]> {
    return examine({
      tree: this.tree(kinds),
      env: process.env,
      nodeVersion: process.version,
      ownVersion: checkForUpdate(this.config, process.env),
      openRegistry: () => this.registry(kinds),
      ...this.target(kinds),
    })
  }

  /** What is known of the registry before it is opened. */
  private target(kinds: readonly Kind[]) {
    const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: key, NOFX_TOKEN: token, NOFX_DATABASE_URL } = process.env
    const isNamed = [url, key, token, NOFX_DATABASE_URL].some(Boolean)
    const exists = isNamed || existsSync(join(this.project.root, '.nofx'))
    const hosted = configured()
    if (!hosted) return { exists }
    const parts = async () =>
      (await import('../cloud/hosted/examine.ts')).examineProject(hosted, kinds, process.env)
    return { exists, anonymous: hosted.via === 'publishable', parts }
  }

  private line(check: DoctorCheck): string {
    const mark = {
      ok: this.paint.green('ok'),
      warning: this.paint.yellow('warning'),
      failed: this.paint.red('failed'),
      skipped: 'skipped',
    }[check.state]
    const fix = check.fix ? `\n  ${this.paint.cyan('fix:')} ${printableText(check.fix)}` : ''
    return `${mark}  ${check.name}: ${printableText(shownSentence(check.detail, this.screen))}${fix}`
  }
}

/** The hosted project; a configuration that is not valid is reported by the check of the registry. */
function configured(): HostedConfig | undefined {
  try {
    return hostedConfig(process.env)
  } catch {
    return undefined
  }
}

/** @throws Failure CONFIG without the secret key of a hosted project, REFUSED, REMOTE_DENIED, REMOTE_FAILED */
async function setUp(hosted: HostedConfig | undefined): Promise<void> {
  if (hosted?.via === 'secret') return void (await (await import('../cloud/hosted/setup.ts')).setUp(hosted))
  const hint = 'set SUPABASE_URL and SUPABASE_SECRET_KEY'
  throw new Failure('CONFIG', '--setup needs a hosted project and its secret key', hint)
}

/** A registry that does not answer is not a mistake in the configuration, so its failure keeps its code. */
function notReady(failed: readonly DoctorCheck[]): Failure {
  const names = failed.map((check) => check.name).join(', ')
  const code = failed.every((check) => check.code === 'REMOTE_FAILED') ? 'REMOTE_FAILED' : 'CONFIG'
  return new Failure(code, `not ready: ${names}`, 'see the failed checks above')
}
