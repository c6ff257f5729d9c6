//! Given names that exist, so that a slip is not assumed where there is simply another person.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::nicknames;

/// Names that no nickname group holds and that lie a letter or two from another name.
const NAMES: &str = "\
    adrian adriana adriano adrien aidan aiden alina alana alana alanna aleksandra alessia alexis alfonso alfredo alma \
    alondra alyssa amalia amara amaya amber amir amira ana anais andrea andres anita anneliese annika ansel antoine \
    antoinette april arianna ariel armando arnold aron ashley astrid aubrey aurelia aurora austin ava axel ayden \
    beatrix bella benita benito bianca blake bonnie boyd brenda brendan brennan brent brett brianna brooke bruce bruno \
    camila camilla camille carina carla carlo carlotta carmine carol carola carolina carsten casey cassandra cecil \
    cedric celine cesar chantal chelsea cheryl chiara chloe christa christiane claire clara clarissa claude claudia \
    claudio clemens clement clementine colette colin colleen connor corinna corinne craig crystal damian damien dana \
    daniela daniele daniella danilo dante daphne darren dean deirdre delia demi denise desiree dirk dolores donna doris \
    dora doreen duncan dustin dylan eduarda edith elena eli elia elias elif elin elisa elise eliot elliot ellis eloise \
    elvira emil emilia emiliano emilie emilio emine enrico erica erika erica erin ernesto erwin esmeralda estelle \
    eugenia eugenie eva evan fabian fabien fabienne fabio fabiola fatou felicia felicity felix fernanda filip filippa \
    filippo finn fiona flavia flavio florian francesca franco frank frida frieda gavin gemma georges georgina gerda \
    gianna gina giorgia giorgio giovanna gisela giulia giulio glenn gloria grace graham grant guido gunnar hamid hamza \
    hassan hayden heather hector heike heiko heinz helene helga holger holly hope horst hugo ian ida ilona ilse imran \
    ines inga ingo ingrid ioana ioan irene iris isla ismael ivana ivo jaden janine jared jasmin jasmine javiera jayden \
    jeanne jeannette jenna jens jessie jill joan jocelyn jodie joel johann jolanda jonah jonas jordan joris josefina \
    joyce judy juliana juliane juliano julien juliet juliette julio julius june justin justine justus kai karel karim \
    karima karin karina karla karoline katarina kayden keith kelly kelsey kerry kerstin kevin kilian kirk klara kyle \
    laura laure lauren lauro layne lea leah lee leila leon leona leonardo leonie leonora leopold liana lidia lina lisa \
    livia logan lola lorena loretta lori lorna luca lucia luciana luciano lucie lucien luciana luisa luke luna luz lynn \
    mabel maeve magdalene maite maja manuela mara marcel marcela marcella marcelle marcelo marcia marco marcos maren \
    margit mariam mariana mariano marian marie mariella marika marina marine mario marion marisa marisol marit marius \
    marko marlene marlon marta martha marta martine martino mason mateo matteo maud mauricio mauro max maxine maya \
    melody mercy meredith merle mia micaela michaela michele mika mike mila milan milena miles milo mina mira miranda \
    miriam mirko moira mona monica monika monique morgan moritz muriel myriam nadine naomi natalie nathalie nelson nico \
    nicola nicolas nina noah noel noelle noemi nora norma nora octavia octavio oleg olaf olive oriana orlando otis otto \
    owen pamela paola paolo pascal pascale patrice patricio paula paulina paulo perla petra phoebe pia quentin quinn \
    rafaela ralph ramona raphael raquel rene renata renate renato renee rhys rita robin robyn rocco rocio roland \
    rolanda romain romana romeo romy ronja rosa rosalie rosanna ross rowan ruben sabina sabine sabrina said sakura \
    sally salma salman samir samira sandro santos saskia scott selena selina selma serena shannon sharon sheila shelby \
    sierra silas silke silvana silvio simona simone soeren sonia sonja soren stacy stefania stefano stella sven svenja \
    sylvie tamar tania tara taylor tess thea theo tiffany till tim timo tina todd tom toni travis trent trevor trudy \
    tyler uma umberto una uwe valentina valentino valeria valerio vera verena vernon veronika viola violet violetta \
    vito viviana walid wanda wayne wendy wesley whitney wiebke xenia yasmin yannick yolanda yusra yvette zara zelda \
    zeno wei ming xin yan jun hui li na hiro hiroshi kenji kenta haruki haruka yuki yuka yumi naoko naoki takashi \
    takeshi minjun jihun jihoon jiwoo jimin arjun arun anil anita amit amita priya rahul rohan rohit ravi sunil sunita \
    sushil sita kavita kiran meena neha nisha pooja puja ritu sonam suresh ramesh mahesh rakesh mukesh naresh dinesh \
    ganesh jamal jamila jamil kamal kamil karam majid majida nabil nabila nadim nadir rashida samir samar tarek walid \
    yasin yasir yasmin zaid zaki hamida hamed hatem hisham husam imad iman inas issam";

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| NAMES.split_whitespace().collect());

/// Whether this is a given name in its own right.
pub(super) fn is_known(text: &str) -> bool {
    KNOWN.contains(text) || nicknames::contains(text)
}
