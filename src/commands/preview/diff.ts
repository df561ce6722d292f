import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { requirePreviewName } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { withNearPreview } from '../../cli/near-names.ts'
import { presentPlan } from '../../cli/present/publish-plan.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { writeCommentFile } from '../../cli/write-comment.ts'
import { diffPreview } from '../../core/preview/diff.ts'

export default class Diff extends TreeCommand {
  static override summary = 'Show what differs between a preview and production.'
  static override description =
    'What publishing the content of the preview would change: risks first, then fields and texts. The working tree is not read.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> pr-123',
    '<%= config.bin %> <%= command.id %> pr-123 --comment comment.md --json',
  ]
  static override args = {
    name: Args.string({ description: 'name of the preview, such as pr-123', required: true }),
  }
  static override flags = {
    comment: Flags.string({
      description: 'write the differences to this file, as Markdown for a pull request',
      helpValue: 'comment.md',
    }),
  }

  async run(): Promise<Answer<'preview diff'>> {
    const { args, flags } = await this.parse(Diff)
    const name = requirePreviewName(args.name)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const plan = await diffPreview(kinds, registry, registry.inPreview(name)).catch(async (error) => {
      throw await withNearPreview(error, name, registry, 'nofx preview diff')
    })
    if (flags.comment) await writeCommentFile(flags.comment, { plan, diagnostics: [] })
    return this.answer({ plan }, presentPlan(plan, this.paint, { texts: true }))
  }
}
