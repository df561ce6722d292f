import * as Args from '@oclif/core/args'
import { candidates, type Names } from '../cli/completion/candidates.ts'
import { printedCandidates, SHELLS, type ShellName } from '../cli/completion/shells.ts'
import type { Answer } from '../cli/json/commands.ts'
import { pickKind } from '../cli/kinds.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import { listIds } from '../core/tree/collect.ts'

export default class Completion extends TreeCommand {
  static override summary = 'Print the shell completion script for commands, flags, kinds and ids.'
  static override description =
    'The first line of the script says where to put it. The script asks nofx at every TAB, so it is always up to date. Ids come from the working tree.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash',
    '<%= config.bin %> <%= command.id %> zsh',
    '<%= config.bin %> <%= command.id %> fish',
  ]
  static override strict = false
  static override args = {
    shell: Args.string({ description: 'the shell', required: true, options: Object.keys(SHELLS) }),
  }

  /** A shell calls it at every TAB. */
  protected override readonly announcesUpdates = false

  async run(): Promise<Answer<'completion'>> {
    const { args } = await this.parse(Completion)
    const shell = SHELLS[args.shell as ShellName]
    // Scripts pass the words of the line after `--`, the one under the cursor last. The parser would remove the `--`.
    const separator = this.argv.indexOf('--')
    if (separator < 0) return this.answerExact({ script: shell.script }, shell.script)
    const proposals = await candidates(this.config, this.argv.slice(separator + 1), this.names())
    return this.answerExact({ candidates: proposals }, printedCandidates(proposals, shell))
  }

  private names(): Names {
    return {
      kinds: () => this.kinds(),
      ids: async (kind) => {
        const kinds = await this.kinds()
        return listIds(this.tree(kinds).root, pickKind(kinds, kind))
      },
    }
  }
}
