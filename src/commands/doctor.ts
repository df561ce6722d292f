import { TreeCommand } from '../cli/tree-command.ts'
import { Failure } from '../contract/failure.ts'
import { type Check, examine } from '../core/doctor.ts'
import { printableText } from '../core/printable.ts'

export default class Doctor extends TreeCommand {
  static override summary =
    'Check what is configured, reachable or missing, and print the command that fixes it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  async run(): Promise<object> {
    await this.parse(Doctor)
    const kinds = await this.kinds()
    const checks = await examine({
      tree: this.tree(kinds),
      env: process.env,
      nodeVersion: process.version,
      openRegistry: () => this.registry(kinds),
    })
    const answer = this.answer({ checks }, checks.map((check) => this.line(check)).join('\n'))
    const failed = checks.filter((check) => check.state === 'failed')
    if (failed.length > 0) throw notReady(failed, checks)
    return answer
  }

  private line(check: Check): string {
    const mark = {
      ok: this.paint.green('ok'),
      warning: this.paint.yellow('warning'),
      failed: this.paint.red('failed'),
    }[check.state]
    const fix = check.fix ? `\n  ${this.paint.cyan('fix:')} ${printableText(check.fix)}` : ''
    return `${mark}  ${check.name}: ${printableText(check.detail)}${fix}`
  }
}

/** A registry that does not answer is not a mistake in the configuration, so its failure keeps its code. */
function notReady(failed: readonly Check[], checks: readonly Check[]): Failure {
  const names = failed.map((check) => check.name).join(', ')
  const code = failed.every((check) => check.code === 'REMOTE_FAILED') ? 'REMOTE_FAILED' : 'CONFIG'
  return new Failure(code, `not ready: ${names}`, 'see the failed checks above', { detail: { checks } })
}
