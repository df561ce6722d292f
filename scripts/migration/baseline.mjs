// @ts-check
// The first migration: everything in one file.
import { schemaScript } from './schemas.mjs'

/** Stops before it changes a registry that has no migration in common with this one. */
const GUARD = `-- A registry of an earlier NOFX has other migrations, and there is no way from them to this one.
do $$
begin
  if to_regprocedure('public.registry_is_publisher()') is not null or to_regclass('public.registry_heads') is not null then
    raise exception 'this database has the registry of an earlier NOFX, which cannot be migrated; nothing was changed'
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'use an empty database or project, and publish again';
  end if;
end
$$;`

/** @param {readonly import('./schemas.mjs').SchemaStatement[]} statements */
export function baselineScript(statements) {
  return `-- Makes the registry in an empty database, from supabase/schemas/ (by npm run migration): read those.

${GUARD}

${schemaScript(statements)}`
}
