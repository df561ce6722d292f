-- The files before this one were rewritten. A database that was made by the earlier ones keeps their functions, so it
-- stops here, before anything of it is changed.
do $$
begin
  if exists (
    select from pg_attribute
    where attrelid = 'public.registry_heads'::regclass and attname = 'hold' and atttypid = 'text[]'::regtype
  ) then
    raise exception 'this registry was made by an earlier nofx and cannot be migrated: set it aside and publish again'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
end
$$;
