import { definitionArgs } from '../../cli/definition/definition-args.ts'
import { SwitchCommand, switchFlags } from '../../cli/definition/switch-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { disable } from '../../core/switch.ts'

export default class Disable extends SwitchCommand {
  static override summary =
    'Disable a definition at once, without new content: the kill switch when no version is good.'
  static override description =
    'Readers get no version of the definition any more, and workers stop using it at the next event. It stays disabled until nofx registry enable, whatever is published, promoted or rolled back. Definitions that require it are named, and do not stop the command.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "sends mails to customers"',
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "sends mails to customers" --dry-run',
  ]
  static override args = definitionArgs
  static override flags = switchFlags

  async run(): Promise<Answer<'registry disable'>> {
    return this.switch('disable', await this.parse(Disable), disable)
  }
}
