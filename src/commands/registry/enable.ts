import * as Flags from '@oclif/core/flags'
import { definitionArgs } from '../../cli/definition/definition-args.ts'
import { SwitchCommand, switchFlags } from '../../cli/definition/switch-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { enable } from '../../core/switch.ts'

export default class Enable extends SwitchCommand {
  static override summary = 'Enable a definition that was disabled with nofx registry disable.'
  static override description =
    'The newest content that is not a draft goes live, also if it was published or rolled back meanwhile. Everything that the definition requires must be live.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "fixed in v5"',
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "fixed in v5" --dry-run',
  ]
  static override args = definitionArgs
  static override flags = {
    ...switchFlags,
    force: Flags.boolean({ description: 'continue although a requirement is not live' }),
  }

  async run(): Promise<Answer<'registry enable'>> {
    return this.switch('enable', await this.parse(Enable), enable)
  }
}
