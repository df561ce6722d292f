/**
 * The commands of other tools that NOFX proposes, in hints and in docs/. Each works as printed with versions 2 and 3 of the
 * Supabase CLI: `npm run check:supabase` runs them. Version 3 pushes to the local stack unless it is told otherwise, and
 * wants `--yes` where it cannot ask.
 */
export const SUPABASE = {
  login: 'supabase login',
  link: 'supabase link --project-ref <ref>',
  pushDatabase: 'supabase db push --linked',
  diffConfig: 'supabase config diff',
  pushConfig: 'supabase config push',
  deployFunctions: 'supabase functions deploy --use-api --yes',
  setEventsSecret: 'supabase secrets set NOFX_EVENTS_SECRET=<secret> --yes',
  deleteProject: 'supabase projects delete <ref>',
} as const

/** The same of the Vercel CLI. */
export const VERCEL = {
  link: 'vercel link',
  deploy: 'vercel deploy --prod',
  addVariable: 'vercel env add <name> production',
  addSecret: 'vercel env add <name> production --sensitive',
  removeVariable: 'vercel env rm <name> production',
  removeProject: 'vercel project rm <project>',
} as const

/** Deploys one function. */
export function deployFunction(name: string): string {
  return SUPABASE.deployFunctions.replace(' --use-api', ` ${name} --use-api`)
}
