//! The buses: one of a single node, one over PostgreSQL.

mod local {
    use std::sync::Arc;

    use async_trait::async_trait;
    use ringtrue_engine::{
        conformance::bus::Nodes,
        ports::{Bus, LocalBus},
    };

    /// Both nodes are one.
    struct Alone(Arc<LocalBus>);

    #[async_trait]
    impl Nodes for Alone {
        fn here(&self) -> Arc<dyn Bus> {
            self.0.clone()
        }

        fn there(&self) -> Arc<dyn Bus> {
            self.0.clone()
        }

        async fn cut(&self) {}
    }

    async fn make() -> (Arc<dyn Nodes>, ()) {
        (Arc::new(Alone(Arc::default())), ())
    }

    ringtrue_engine::bus_conformance!(make);
}

mod postgres {
    use std::sync::Arc;

    use async_trait::async_trait;
    use ringtrue_engine::{
        conformance::bus::Nodes,
        ports::{Bus, BusBetween},
    };
    use ringtrue_store::{PgBus, PostgresOptions};

    use crate::postgres::server::Server;

    struct Two {
        here: Arc<BusBetween>,
        there: Arc<BusBetween>,
        url: String,
    }

    #[async_trait]
    impl Nodes for Two {
        fn here(&self) -> Arc<dyn Bus> {
            self.here.clone()
        }

        fn there(&self) -> Arc<dyn Bus> {
            self.there.clone()
        }

        async fn cut(&self) {
            let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            tokio::task::block_in_place(|| Server::shared().sql(&self.url, cut));
        }
    }

    async fn make() -> (Arc<dyn Nodes>, ()) {
        let url = Server::shared().database();
        let address = url.parse().unwrap();
        let options = PostgresOptions::default();
        let start = async || Arc::new(PgBus::start(&address, &options).await.unwrap());
        let (here, there) = (start().await, start().await);
        (Arc::new(Two { here, there, url }), ())
    }

    ringtrue_engine::bus_conformance!(make);
}
