import * as Flags from '@oclif/core/flags'

/** The flags of commands whose output may be wider or longer than a screen; the base command follows them. */
export const screenFlags = {
  wide: Flags.boolean({ description: 'all columns, uncut, with whole ids and exact times' }),
  pager: Flags.boolean({
    description: 'show what is longer than the screen in NOFX_PAGER, PAGER or less',
    default: true,
    allowNo: true,
  }),
}
