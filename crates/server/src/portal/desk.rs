//! Where a visitor is: what surrounds each page, and the project and environment that it is about.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use ringtrue_domain::flow::Environment;
use ringtrue_engine::{
    By,
    model::{KeyScope, Project},
};
use serde::Deserialize;

use super::{
    fault::PageError,
    flash::Flash,
    guard,
    looks::Looks,
    session::{Permission, Visitor},
};
use crate::state::App;

/// Projects that the switcher names; the list of projects has all.
const MAX_SWITCHES: usize = 12;

/// A part of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Projects,
    Settings,
    Texts,
    Overview,
    Integrate,
    GoLive,
    Credentials,
    Webhook,
    Deliveries,
    Verifications,
    Identities,
    Events,
    Outbox,
    Personas,
    Looks,
    Account,
    AccessKeys,
    Team,
    Audit,
}

impl Section {
    /// Those of a project and environment: what is looked at, what is worked with, what is set.
    const OF_PLACE: [Self; 13] = [
        Self::Overview,
        Self::Verifications,
        Self::Identities,
        Self::Events,
        Self::Integrate,
        Self::Outbox,
        Self::Personas,
        Self::Credentials,
        Self::Webhook,
        Self::Deliveries,
        Self::Texts,
        Self::Settings,
        Self::GoLive,
    ];

    /// The last part of the address, and the name.
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Projects => ("projects", "Projects"),
            Self::Settings => ("settings", "Settings"),
            Self::Texts => ("texts", "Texts"),
            Self::Overview => ("overview", "Overview"),
            Self::Integrate => ("integrate", "Integrate"),
            Self::GoLive => ("go-live", "Go live"),
            Self::Credentials => ("credentials", "Credentials"),
            Self::Webhook => ("webhook", "Webhook"),
            Self::Deliveries => ("deliveries", "Deliveries"),
            Self::Verifications => ("verifications", "Verifications"),
            Self::Identities => ("identities", "Identities"),
            Self::Events => ("events", "Events"),
            Self::Outbox => ("outbox", "Outbox"),
            Self::Personas => ("personas", "Personas"),
            Self::Looks => ("looks", "Display"),
            Self::Account => ("account", "Your account"),
            Self::AccessKeys => ("access-keys", "Access keys"),
            Self::Team => ("team", "Team"),
            Self::Audit => ("audit", "Audit log"),
        }
    }

    /// Those of no project, with what each takes.
    const GENERAL: [(Self, Permission); 5] = [
        (Self::Account, Permission::SeeProjects),
        (Self::Looks, Permission::SeeProjects),
        (Self::AccessKeys, Permission::SeeProjects),
        (Self::Team, Permission::ManageTeam),
        (Self::Audit, Permission::SeeAudit),
    ];

    /// Production sends real messages, which are not kept, to people who are no personas.
    fn is_in(self, environment: Environment) -> bool {
        match self {
            Self::Outbox | Self::Personas => environment == Environment::Sandbox,
            Self::GoLive => environment == Environment::Production,
            _ => true,
        }
    }
}

/// A link that may be the present page's.
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) current: bool,
}

/// What surrounds a page.
pub(crate) struct Shell {
    pub(crate) title: String,
    pub(crate) theme: &'static str,
    pub(crate) zone: String,
    pub(crate) who: String,
    pub(crate) csrf: String,
    pub(crate) flash: Option<Flash>,
    /// The project's name and the environment's.
    pub(crate) place: Option<(String, &'static str)>,
    /// What is of no project.
    pub(crate) general: Vec<Link>,
    pub(crate) sections: Vec<Link>,
    pub(crate) environments: Vec<Link>,
    pub(crate) projects: Vec<Link>,
    pub(crate) crumbs: Vec<Link>,
}

/// Somebody in the portal, wherever.
pub(crate) struct Desk {
    pub(crate) visitor: Visitor,
    pub(crate) looks: Looks,
    /// All projects, oldest first.
    pub(crate) projects: Vec<Project>,
    flash: Option<Flash>,
}

impl FromRequestParts<App> for Desk {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        visitor.must(Permission::SeeProjects)?;
        let projects = app.engine.store().projects().await?;
        let looks = Looks::of(&parts.headers);
        Ok(Self { visitor, looks, projects, flash: Flash::of(&parts.headers) })
    }
}

impl Desk {
    /// Who changes something here.
    pub(crate) fn by(&self) -> By<'_> {
        By::Member(self.visitor.signed_in())
    }

    /// What surrounds a page that is about no project.
    pub(crate) fn shell(&self, section: Section, title: &str) -> Shell {
        let mut shell = self.bare(section, title);
        shell.projects = self.switches(None, Environment::Sandbox, Section::Integrate);
        shell
    }

    fn bare(&self, section: Section, title: &str) -> Shell {
        let general = Section::GENERAL.into_iter().filter(|(_, needs)| self.visitor.may(*needs));
        Shell {
            title: title.to_owned(),
            theme: self.looks.theme.as_str(),
            zone: self.looks.zone().to_owned(),
            who: self.visitor.name().to_owned(),
            csrf: guard::token(&self.visitor),
            flash: self.flash.clone(),
            place: None,
            general: general
                .map(|(one, _)| Link {
                    href: format!("/portal/{}", one.parts().0),
                    label: one.parts().1.to_owned(),
                    current: one == section,
                })
                .collect(),
            sections: Vec::new(),
            environments: Vec::new(),
            projects: Vec::new(),
            crumbs: Vec::new(),
        }
    }

    fn switches(&self, current: Option<&Project>, environment: Environment, to: Section) -> Vec<Link> {
        let link = |project: &Project| Link {
            href: address(project, environment, to.parts().0),
            label: project.name.clone(),
            current: current.is_some_and(|current| current.id == project.id),
        };
        self.projects.iter().rev().take(MAX_SWITCHES).map(link).collect()
    }
}

/// Somebody at one environment of a project, as the address names it.
pub(crate) struct Place {
    pub(crate) desk: Desk,
    pub(crate) project: Project,
    pub(crate) environment: Environment,
}

#[derive(Deserialize)]
struct PlaceParts {
    project: String,
    environment: String,
}

impl FromRequestParts<App> for Place {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let desk = Desk::from_request_parts(parts, app).await?;
        let no_project = || PageError::not_found("project");
        let path = Path::<PlaceParts>::from_request_parts(parts, app).await;
        let Path(PlaceParts { project, environment }) = path.map_err(|_| no_project())?;
        let known = desk.projects.iter().find(|known| known.id.to_string() == project);
        let project = known.ok_or_else(no_project)?.clone();
        let environments = [Environment::Sandbox, Environment::Production];
        let named = environments.into_iter().find(|known| environment_name(*known) == environment);
        let environment = named.ok_or_else(|| PageError::not_found("environment"))?;
        Ok(Self { desk, project, environment })
    }
}

impl Place {
    /// Whose things are shown.
    pub(crate) fn scope(&self) -> KeyScope {
        KeyScope { project: self.project.id, environment: self.environment }
    }

    /// Who changes something here.
    pub(crate) fn by(&self) -> By<'_> {
        self.desk.by()
    }

    /// The address of a page here.
    pub(crate) fn path(&self, rest: &str) -> String {
        address(&self.project, self.environment, rest)
    }

    pub(crate) fn may(&self, what: Permission) -> bool {
        self.desk.visitor.may(what)
    }

    /// Refuses what their role does not permit.
    pub(crate) fn must(&self, what: Permission) -> Result<(), PageError> {
        self.desk.visitor.must(what)
    }

    /// Refuses what only sandbox has.
    pub(crate) fn sandbox_only(&self) -> Result<(), PageError> {
        match self.environment {
            Environment::Sandbox => Ok(()),
            Environment::Production => Err(PageError::not_found("page in production")),
        }
    }

    /// What surrounds the first page of a section.
    pub(crate) fn shell(&self, section: Section) -> Shell {
        self.surround(section, section.parts().1, false)
    }

    /// What surrounds a page below the first one of a section.
    pub(crate) fn below(&self, section: Section, title: &str) -> Shell {
        self.surround(section, title, true)
    }

    fn surround(&self, section: Section, title: &str, below: bool) -> Shell {
        let link = |href, label: &str, current| Link { href, label: label.to_owned(), current };
        let (path, label) = section.parts();
        let here = Section::OF_PLACE.into_iter().filter(|one| one.is_in(self.environment));
        let environments = [Environment::Sandbox, Environment::Production].into_iter().map(|one| {
            let to = if section.is_in(one) { path } else { Section::Integrate.parts().0 };
            link(address(&self.project, one, to), environment_label(one), one == self.environment)
        });
        let mut crumbs = vec![
            link("/portal/projects".to_owned(), Section::Projects.parts().1, false),
            link(self.path(Section::Integrate.parts().0), &self.project.name, false),
        ];
        if below {
            crumbs.push(link(self.path(path), label, false));
        }
        Shell {
            title: title.to_owned(),
            place: Some((self.project.name.clone(), environment_label(self.environment))),
            sections: here.map(|one| link(self.path(one.parts().0), one.parts().1, one == section)).collect(),
            environments: environments.collect(),
            projects: self.desk.switches(Some(&self.project), self.environment, section),
            crumbs,
            ..self.desk.bare(section, title)
        }
    }
}

fn address(project: &Project, environment: Environment, rest: &str) -> String {
    format!("/portal/p/{}/{}/{rest}", project.id, environment_name(environment))
}

/// As it stands in addresses.
pub(crate) const fn environment_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Sandbox => "sandbox",
        Environment::Production => "production",
    }
}

const fn environment_label(environment: Environment) -> &'static str {
    match environment {
        Environment::Sandbox => "Sandbox",
        Environment::Production => "Production",
    }
}
