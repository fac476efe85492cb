-- The tables that the knowledge base's answers may take for granted. Every file runs in a fresh copy of this database.
CREATE TABLE customers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    email      text UNIQUE,
    city       text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE products (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  text NOT NULL,
    price numeric(10,2) NOT NULL,
    tags  text[] NOT NULL DEFAULT '{}',
    attrs jsonb NOT NULL DEFAULT '{}'
);
CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    status      text NOT NULL DEFAULT 'new',
    total       numeric(10,2) NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_items (
    order_id   bigint NOT NULL REFERENCES orders (id),
    product_id bigint NOT NULL REFERENCES products (id),
    quantity   int NOT NULL CHECK (quantity > 0),
    price      numeric(10,2) NOT NULL,
    PRIMARY KEY (order_id, product_id)
);
CREATE TABLE accounts (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner   text NOT NULL,
    balance numeric(12,2) NOT NULL CHECK (balance >= 0)
);
CREATE TABLE employees (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    manager_id bigint REFERENCES employees (id),
    department text NOT NULL,
    salary     numeric(10,2) NOT NULL
);
CREATE TABLE events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint NOT NULL,
    kind        text NOT NULL,
    payload     jsonb NOT NULL DEFAULT '{}',
    occurred_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO customers (name, email, city)
SELECT 'customer ' || i, 'c' || i || '@example.com', (ARRAY['杭州', 'Berlin', 'Austin', '北京'])[1 + i % 4]
FROM generate_series(1, 200) AS i;
INSERT INTO products (name, price, tags, attrs)
SELECT 'product ' || i, 5 + i, ARRAY['tag' || i % 5], jsonb_build_object('color', (ARRAY['red', 'blue'])[1 + i % 2], 'weight', i)
FROM generate_series(1, 50) AS i;
INSERT INTO orders (customer_id, status, total, created_at)
SELECT 1 + i % 200, (ARRAY['new', 'paid', 'shipped', 'cancelled'])[1 + i % 4], 10 + i % 300, timestamptz '2024-01-01 00:00+00' + i * interval '3 hours'
FROM generate_series(1, 2000) AS i;
INSERT INTO order_items
SELECT o.id, 1 + o.id % 50, 1 + o.id % 3, 5 + 1 + o.id % 50 FROM orders o;
INSERT INTO accounts (owner, balance) VALUES ('alice', 1000), ('bob', 500), ('carol', 0);
INSERT INTO employees (name, manager_id, department, salary) VALUES
    ('Ada', NULL, 'board', 30000), ('Ben', 1, 'sales', 12000), ('Cai', 1, 'engineering', 15000),
    ('Dan', 2, 'sales', 8000), ('Eva', 3, 'engineering', 11000), ('Fan', 3, 'engineering', 11000);
INSERT INTO events (user_id, kind, payload, occurred_at)
SELECT i % 100, (ARRAY['login', 'view', 'buy'])[1 + i % 3], jsonb_build_object('page', '/p/' || i % 20, 'ms', i % 900),
       timestamptz '2024-01-01 00:00+00' + i * interval '7 minutes'
FROM generate_series(1, 5000) AS i;
ANALYZE;
