import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { Answer } from '../cli/json/commands.ts'
import { pickKind } from '../cli/kinds.ts'
import { shownPath, TreeCommand } from '../cli/tree-command.ts'
import { chooseOwner } from '../core/owner.ts'
import { scaffold } from '../core/scaffold.ts'

export default class New extends TreeCommand {
  static override summary = 'Create the folder of a new definition, valid from the start.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agent reviewer',
    '<%= config.bin %> <%= command.id %> agent reviewer --owner @acme/tools',
  ]
  static override args = {
    kind: Args.string({ description: 'what to make, such as agent', required: true }),
    id: Args.string({ description: 'its id: lower-case words joined by hyphens', required: true }),
  }
  static override flags = {
    owner: Flags.string({
      description: "email, @user or team; git's user.email, else the system's user, when not given",
    }),
  }

  async run(): Promise<Answer<'new'>> {
    const { args, flags } = await this.parse(New)
    const kinds = await this.kinds()
    const owner = await chooseOwner(flags.owner, this.project.root)
    const kind = pickKind(kinds, args.kind)
    const definition = await scaffold({ root: this.tree(kinds).root, kind, id: args.id, owner })
    const dir = shownPath(definition.dir)
    const files = definition.files.map((file) => `  ${dir}/${file}`)
    const lines = [`Made ${dir}`, ...files, `Next: nofx validate ${dir}`]
    return this.answer({ kind: kind.id, ...definition }, lines.join('\n'))
  }
}
