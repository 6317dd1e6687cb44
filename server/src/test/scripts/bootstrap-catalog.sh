#!/bin/sh
# Writes the bootstrap catalog (which type, function, operator, cast and aggregate has which oid and
# signature) from a running PostgreSQL 15, so that clients see PostgreSQL's own numbers.
#
#   PGHOST=... PGPORT=... PGUSER=postgres sh server/src/test/scripts/bootstrap-catalog.sh
#
# Left out are the functions over types that Lifeline does not have; the types themselves stay, so
# that they can be refused by name.
set -eu
out=$(cd "$(dirname "$0")/../../main/resources/dev/lifeline/utils/fmgr" && pwd)
run() { psql -X -q -v ON_ERROR_STOP=1 -At -F "$(printf '\t')" -f - postgres; }

setup='create temp table missing as select oid from pg_type
 where typname ~ $$^_?(point|lseg|path|box|polygon|line|circle|money|macaddr|macaddr8|inet|cidr|bit|varbit|xml|tsvector|gtsvector|tsquery|regconfig|regdictionary|jsonpath|txid_snapshot|pg_snapshot|.*range|pg_ndistinct|pg_dependencies|pg_mcv_list|pg_brin_.*|pg_ddl_command|fdw_handler|index_am_handler|tsm_handler|table_am_handler|language_handler|event_trigger|anymultirange|anycompatiblemultirange)$$
   and typnamespace = 11;
create temp table proc as select p.* from pg_proc p
 where pronamespace = 11 and prolang in (12, 14)
   and not exists (select from missing m where m.oid = p.prorettype or m.oid = any (p.proargtypes) or m.oid = any (coalesce(p.proallargtypes, $${}$$)))
   and not (2281 = any (p.proargtypes) or p.prorettype = 2281)
   and proname !~ $$^(binary_upgrade|pg_logical|pg_replication|ts_|pg_event|RI_FKey|brin|gin|gist|spg|ts|lo_|pg_stop_backup|pg_start_backup)$$;
create temp table oper as select o.* from pg_operator o where oprnamespace = 11 and oprcode in (select oid from proc);'

{ echo "$setup"; cat <<'SQL'
select oid::int, typname, typlen, typbyval::int, typtype, typcategory, typispreferred::int, typdelim, typelem::int, typarray::int,
       typinput::oid::int, typoutput::oid::int, typreceive::oid::int, typsend::oid::int, typmodin::oid::int, typmodout::oid::int, typalign, typstorage,
       (oid in (select oid from missing))::int, typcollation::int, typsubscript::oid::int
  from pg_type where typnamespace = 11 and typtype <> 'c' and (typelem = 0 or typelem not in (select oid from pg_type where typtype = 'c')) order by oid;
SQL
} | run > "$out/pg_type.tsv"

{ echo "$setup"; cat <<'SQL'
select oid::int, proname, prokind, proretset::int, proisstrict::int, provolatile, prorettype::int, array_to_string(proargtypes::oid[]::int[], ' '),
       provariadic::int, pronargdefaults, array_to_string(proallargtypes::int[], ' '), array_to_string(proargmodes, ''), array_to_string(proargnames, ','),
       case when prolang = 14 then proname || '(' || array_to_string(proargtypes::oid[]::int[], ',') || ')' else prosrc end, prosupport::oid::int, proparallel, proleakproof::int
  from proc order by oid;
SQL
} | run > "$out/pg_proc.tsv"

{ echo "$setup"; cat <<'SQL'
select oid::int, oprname, oprkind, oprcanmerge::int, oprcanhash::int, oprleft::int, oprright::int, oprresult::int, oprcom::int, oprnegate::int, oprcode::oid::int,
       case oprrest::text when '-' then '' else oprrest::text end, case oprjoin::text when '-' then '' else oprjoin::text end from oper order by oid;
SQL
} | run > "$out/pg_operator.tsv"

{ echo "$setup"; cat <<'SQL'
select oid::int, castsource::int, casttarget::int, castfunc::int, castcontext, castmethod from pg_cast
 where castsource not in (select oid from missing) and casttarget not in (select oid from missing) order by oid;
SQL
} | run > "$out/pg_cast.tsv"

{ echo "$setup"; cat <<'SQL'
select a.aggfnoid::oid::int, aggkind, aggnumdirectargs, aggtransfn::text, aggfinalfn::text, aggsortop::int, aggtranstype::int, coalesce(agginitval, '')
  from pg_aggregate a where a.aggfnoid in (select oid from proc) order by 1;
SQL
} | run > "$out/pg_aggregate.tsv"

# The file of the key words lies beside the functions that read it.
run > "$out/../adt/keywords.tsv" <<'SQL'
select word, catcode, barelabel from pg_get_keywords() order by word collate "C";
SQL

# What is said of the functions, operators and types above, of the languages and of the access methods
# that Lifeline has.
{ echo "$setup"; cat <<'SQL'
select classoid::regclass, objoid, description from pg_description
 where objsubid = 0 and (
   (classoid = 'pg_proc'::regclass and objoid in (select oid from proc))
   or (classoid = 'pg_operator'::regclass and objoid in (select oid from oper))
   or (classoid = 'pg_type'::regclass and objoid < 10000)
   or (classoid = 'pg_language'::regclass and objoid in (12, 13, 14))
   or (classoid = 'pg_am'::regclass and objoid in (2, 403)))
 order by classoid::regclass::text collate "C", objoid;
SQL
} | run > "$out/../../catalog/descriptions.tsv"
