-- 管理者が一度だけ行うこと: the login that reads, and the schema it reads. A city's database administrator runs the same by hand.
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'nanbyo_renkei') THEN
    CREATE ROLE nanbyo_renkei LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 10;
  END IF;
END $$;
ALTER ROLE nanbyo_renkei SET default_transaction_read_only = on;
ALTER ROLE nanbyo_renkei SET statement_timeout = '60s';
CREATE SCHEMA IF NOT EXISTS renkei AUTHORIZATION nanbyo_platform;
