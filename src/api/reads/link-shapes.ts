import * as z from 'zod'

/** The most links in each direction. */
export const MOST_LINKS = 200

const link = z.strictObject({
  kind: z.string(),
  id: z.string(),
  relation: z.enum(['requires', 'mentions', 'demands']),
  range: z.string().nullable().describe('The versions that it accepts; null for any.'),
  provides: z.string().optional().describe('For `demands`: what one of the named definitions must offer.'),
  met: z.boolean(),
})

/** What a definition needs, and what needs it. */
export const links = z.strictObject({
  kind: z.string(),
  id: z.string(),
  version: z.int().min(1).describe('The version whose links these are.'),
  needs: z.array(
    link.extend({
      live: z.strictObject({ version: z.int(), declaredVersion: z.string().nullable() }).nullable(),
    }),
  ),
  neededBy: z.array(
    link.extend({ version: z.int().nullable().describe('Its live version; null for a draft.') }),
  ),
  breaks: z
    .array(z.string())
    .describe(
      'The definitions of `neededBy`, as `kind/id`, that are live and lack something if this version is live.',
    ),
  more: z.boolean().describe(`Whether links are left out: up to ${MOST_LINKS} are shown in each direction.`),
})
